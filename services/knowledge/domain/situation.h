#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "language/vocabulary.h"
#include "platform/time.h"

namespace hotline::knowledge {

/// What classification understood of a caller's turn, as far as advice needs it.
struct SpokenTurn {
  std::string call_id;
  std::string site;
  std::string region;  ///< Of the call's site.
  int turn = 0;
  platform::Time said_at;
  language::Emotion emotion = language::Emotion::kCalm;
  std::vector<std::string> caller_tags;     ///< 高龄 农民工 …
  std::vector<std::string> evidence_codes;  ///< EMERGENCY, INFORMANT_LEAKED, LEGAL_ROUTE …
  std::string text;
  std::string question;     ///< Clean; empty when nothing is asked.
  std::string matter;       ///< Of the call so far: "高龄津贴"; may be empty.
  bool says_where = false;  ///< A place or a time was named: there is something to restate.
};

/// Whether a feeling wants soothing before any fact.
[[nodiscard]] bool IsUpset(language::Emotion emotion);

/// Whether a question of the turn is meant to be answered. Anger, mockery and despair ask to be heard:
/// "有人问过我一句吗". Nor does a policy help who is in danger.
[[nodiscard]] bool SeeksFacts(const SpokenTurn& turn);

/// The situations of golden phrases that the turn puts the agent in, most pressing first.
[[nodiscard]] std::vector<std::string> SituationsOf(const SpokenTurn& turn);

/// What a caller's tags are called among the audiences of phrases.
[[nodiscard]] std::vector<std::string> AudiencesOf(const std::vector<std::string>& caller_tags);

}  // namespace hotline::knowledge
