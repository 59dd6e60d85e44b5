#pragma once

#include <algorithm>
#include <chrono>

namespace hotline::platform {

/// How long a handler that failed `failures` times in a row is let be: twice as long each time, up to 5 s.
[[nodiscard]] inline std::chrono::milliseconds RetryPause(int failures) {
  constexpr std::chrono::milliseconds kFirst{20};
  constexpr std::chrono::milliseconds kLongest{5000};
  return std::min(kLongest, kFirst * (1 << std::min(failures - 1, 10)));
}

}  // namespace hotline::platform
