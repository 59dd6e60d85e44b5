#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "platform/store/pieces.h"

namespace hotline::platform {

/// Answers callers on a thread of its own, in the order of the commits, so that no writer waits for what they do; only
/// where it is far behind. Thread-safe.
class Answers {
 public:
  Answers() : thread_{[this] { Run(); }} {}
  /// Answers all that is left.
  ~Answers();
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;

  void Give(std::vector<WorkOutcome> outcomes);
  /// At once, on this thread.
  static void Tell(std::vector<WorkOutcome>& outcomes);

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable some_;
  std::condition_variable room_;
  std::deque<std::vector<WorkOutcome>> waiting_;
  bool ending_ = false;
  std::thread thread_;  // Last: it uses every field above.
};

}  // namespace hotline::platform
