#pragma once

#include <cstddef>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "language/sequence_tagger.h"

namespace hotline::classification {

/// Where what is looked for (a place, a time) begins, goes on, and what is none of it: the labels of models/place.tsv
/// and time.tsv.
inline constexpr char kSpanBegins[] = "begins";
inline constexpr char kSpanGoesOn[] = "goes_on";
inline constexpr char kNoSpan[] = "none";

/// What each character of a turn shows: the characters around it, alone and together, and which stand within a few
/// before and behind it in its clause.
[[nodiscard]] std::vector<language::Features> CharacterFeatures(std::string_view text);

/// What a tagger finds in a turn: a view into it.
struct TaggedSpan {
  std::string_view words;
  bool sure = true;  ///< Else the tagger leans to "none", and somebody who knows more may still think it is one.
};

/// In the Beginning() of a text, in order; one that is not sure may overlap one that is.
[[nodiscard]] std::vector<TaggedSpan> TaggedSpans(std::string_view text, const language::SequenceTagger& tagger);

/// Things found in a text, each span once, in order.
template <typename Thing>
class BySpan {
 public:
  explicit BySpan(std::string_view text) : text_{text} {}

  /// The thing at these words, which are a view into the text; a new one where none was found before.
  Thing& At(std::string_view words) {
    const auto begin = static_cast<std::size_t>(words.data() - text_.data());
    return things_[{begin, begin + words.size()}];
  }

  /// Each with its words.
  [[nodiscard]] std::vector<std::pair<std::string_view, Thing>> All() && {
    std::vector<std::pair<std::string_view, Thing>> all;
    for (auto& [span, thing] : things_)
      all.emplace_back(text_.substr(span.first, span.second - span.first), std::move(thing));
    return all;
  }

 private:
  std::string_view text_;
  std::map<std::pair<std::size_t, std::size_t>, Thing> things_;
};

}  // namespace hotline::classification
