#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "language/sequence_tagger.h"
#include "platform/time.h"

namespace hotline::classification {

/// A time as it was spoken.
struct SpokenTime {
  std::string words;      ///< Verbatim: "从上个月十五号开始".
  std::size_t at = 0;     ///< Byte offset in the turn.
  std::string normal;     ///< "2026-02-15" or "2026-02-15/.." for since then; empty when no day can be told.
  double weight = 0;      ///< How likely it is the time of the matter: spans since then, then dates, then days.
  bool by_kind = false;   ///< Said in one of the usual ways.
  bool by_words = false;  ///< A tagger takes these very words, as they stand there, for one.
};

/// The times in a turn that are said in one of the usual ways; in order, none over another; days are told by
/// `said_at`, the call's clock.
[[nodiscard]] std::vector<SpokenTime> TimesIn(std::string_view text, platform::Time said_at);

/// Finds times in these ways, and by a trained tagger those that have a way of their own ("麦收前后").
/// Immutable, thread-safe.
class TimeFinder {
 public:
  /// `tagger`: of the labels of tagged_spans.h.
  explicit TimeFinder(language::SequenceTagger tagger) : tagger_{std::move(tagger)} {}

  /// All that may be times, in order; they may overlap. Which of them is meant is for others (slot_candidates.h).
  [[nodiscard]] std::vector<SpokenTime> TimesIn(std::string_view text, platform::Time said_at) const;

  /// The one with the trained tagger of this build (models/time.tsv).
  [[nodiscard]] static const TimeFinder& Own();

 private:
  language::SequenceTagger tagger_;
};

}  // namespace hotline::classification
