#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace hotline::platform::redis {

/// The circuit breaker of one connection: after a failure nothing is sent for a while, twice as long after each further
/// one, until a command is answered again. Not thread-safe.
class Breaker {
 public:
  enum class State {
    kClosed,    ///< Commands go through.
    kHalfOpen,  ///< The connection is being tried.
    kOpen,      ///< Nothing is sent.
  };

  Breaker(std::chrono::milliseconds first_pause, std::chrono::milliseconds longest_pause, std::uint64_t seed)
      : first_pause_{first_pause}, longest_pause_{longest_pause}, pause_{first_pause}, random_{seed} {}

  /// The connection failed. Returns how long to leave it alone: up to a fifth less at random, so that processes do not
  /// all come back together.
  std::chrono::milliseconds Fail() {
    state_ = State::kOpen;
    const auto pause = pause_;
    pause_ = std::min(pause_ * 2, longest_pause_);
    return pause - std::chrono::milliseconds{random_() % static_cast<std::uint64_t>(pause.count() / 5 + 1)};
  }
  void Try() { state_ = State::kHalfOpen; }
  /// The server has answered the first words. Not yet a reason to forget the failures before.
  void Close() { state_ = State::kClosed; }
  /// A command was answered as it should be.
  void Succeed() { pause_ = first_pause_; }

  [[nodiscard]] State state() const { return state_; }

 private:
  const std::chrono::milliseconds first_pause_;
  const std::chrono::milliseconds longest_pause_;
  std::chrono::milliseconds pause_;
  State state_ = State::kHalfOpen;
  std::mt19937_64 random_;
};

}  // namespace hotline::platform::redis
