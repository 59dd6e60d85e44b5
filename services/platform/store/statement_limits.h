#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace hotline::platform {

/// No statement runs longer, whatever its caller allows: calls end after 30 s.
inline constexpr std::chrono::milliseconds kMaxStatement{30'000};

/// A deadline, or the longest there is.
[[nodiscard]] inline std::chrono::steady_clock::time_point NoLaterThanStatements(
    std::chrono::steady_clock::time_point deadline) {
  return std::min(deadline, std::chrono::steady_clock::now() + kMaxStatement);
}

/// From half of it to one and a half: not the same for two that stand in each other's way.
[[nodiscard]] inline std::chrono::milliseconds About(std::chrono::milliseconds time) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return time / 2 + std::chrono::milliseconds{random() % static_cast<std::uint64_t>(time.count())};
}

}  // namespace hotline::platform
