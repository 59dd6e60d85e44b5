#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace hotline::platform {

/// Breaks connections whose server does not answer in time, for libpq waits for ever: a server that hangs keeps its
/// own time limits no better than its other promises. Thread-safe; a thread of its own.
class StatementWatch final {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  StatementWatch() : thread_{[this] { Run(); }} {}
  ~StatementWatch();
  StatementWatch(const StatementWatch&) = delete;
  StatementWatch& operator=(const StatementWatch&) = delete;

  /// While it lives, the socket is shut down should `deadline` pass: whoever waits on it is told of a lost connection.
  class Guard {
   public:
    Guard(StatementWatch& watch, int socket, TimePoint deadline);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    StatementWatch& watch_;
    const std::pair<TimePoint, int> entry_;
  };

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::pair<TimePoint, int>> entries_;
  bool stopping_ = false;
  std::thread thread_;  // Last: it uses every field above.
};

}  // namespace hotline::platform
