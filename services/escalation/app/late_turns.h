#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include <absl/status/status.h>

#include "escalation/app/assessments.h"
#include "platform/time.h"

namespace hotline::platform {
class Store;
}

namespace hotline::escalation {

/// Finishes the turns whose readings are late: a caller's turn waits `patience` for it, counted from when a process
/// first saw the turn. Owns one thread, from its making to its end; it holds at most a hundred calls at a time. Any
/// number of processes may do this at once: each turn is finished once.
///
/// After a start the readings of old turns may be waiting in the log behind the turns themselves. So nobody gives up on
/// any turn before `behind()` has said once that the log is read, or ten seconds have passed, and then `patience`.
class LateTurns final {
 public:
  /// Everything must outlive this.
  LateTurns(const Assessments& assessments, CallTable& calls, platform::Store& store, const platform::Clock& clock,
            std::chrono::milliseconds patience, std::function<bool()> behind);
  ~LateTurns();
  LateTurns(const LateTurns&) = delete;
  LateTurns& operator=(const LateTurns&) = delete;

 private:
  void Run();
  /// What is late is finished; false: something failed.
  bool Look();
  /// Whether what was left in the log at the start is read; remembers since when.
  bool CaughtUp(Time now);
  absl::Status FinishLateOnes(Time now);
  /// Says at most once a second how many calls went on without a reading.
  void Tell(std::size_t calls);
  absl::Status Finish(const std::vector<std::string>& call_ids, Time seen_by, Time now);

  const Assessments& assessments_;
  CallTable& calls_;
  platform::Store& store_;
  const platform::Clock& clock_;
  const std::chrono::milliseconds patience_;
  const std::function<bool()> behind_;
  const Time started_at_;
  // Of the thread, once it runs.
  std::optional<Time> caught_up_at_;
  std::size_t untold_ = 0;
  std::chrono::steady_clock::time_point told_at_{};
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;  // Last: it uses every field above.
};

}  // namespace hotline::escalation
