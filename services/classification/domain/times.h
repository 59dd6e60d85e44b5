#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/time.h"

namespace hotline::classification {

/// A time as it was spoken.
struct SpokenTime {
  std::string words;   ///< Verbatim: "从上个月十五号开始".
  std::string normal;  ///< "2026-02-15" or "2026-02-15/.." for since then; empty when no day can be told.
  double weight = 0;   ///< How likely it is the time of the matter: spans since then, then dates, then days.
};

/// The times in a turn, in order; days are told by `said_at`, the call's clock.
[[nodiscard]] std::vector<SpokenTime> TimesIn(std::string_view text, platform::Time said_at);

}  // namespace hotline::classification
