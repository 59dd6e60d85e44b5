#pragma once

#include <chrono>
#include <utility>

namespace hotline::platform {

/// Until when the work that this thread does now is wanted: what it asks of a database ends by then. Set by whoever
/// knows (the handler of a call), read by whoever waits for others; no deadline outside of a scope.
class DeadlineScope {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit DeadlineScope(TimePoint deadline) : outer_{std::exchange(Of(), deadline)} {}
  ~DeadlineScope() { Of() = outer_; }
  DeadlineScope(const DeadlineScope&) = delete;
  DeadlineScope& operator=(const DeadlineScope&) = delete;

  [[nodiscard]] static TimePoint Current() { return Of(); }

 private:
  static TimePoint& Of() {
    thread_local TimePoint deadline = TimePoint::max();
    return deadline;
  }

  const TimePoint outer_;
};

}  // namespace hotline::platform
