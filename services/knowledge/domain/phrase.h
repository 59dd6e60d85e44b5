#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "language/vocabulary.h"

namespace hotline::knowledge {

/// A golden phrase: what to say in a situation, to an audience, against a feeling; and what to avoid.
struct Phrase {
  std::string id;
  std::string situation;  ///< "安抚情绪"
  std::string audience;   ///< "农民工"; "通用" or "" for everyone.
  std::optional<language::Emotion> emotion;
  std::string text;
  std::string avoid;
  bool retired = false;

  [[nodiscard]] bool operator==(const Phrase&) const = default;
};

struct PhraseQuery {
  std::string situation;  ///< "": any.
  std::optional<language::Emotion> emotion;
  std::vector<std::string> audiences;  ///< What is known of the caller: 农民工, 高龄 …
};

/// Phrases that fit, best first: situation, then feeling (a neighbouring feeling counts half), then audience. A phrase
/// for another audience or an opposite feeling is left out.
[[nodiscard]] std::vector<Phrase> RankPhrases(const std::vector<Phrase>& phrases, const PhraseQuery& query);

}  // namespace hotline::knowledge
