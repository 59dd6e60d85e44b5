#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include <absl/status/status.h>

#include "platform/bus/kafka/admin.h"

namespace hotline::platform::kafka {

/// Brings the topics into being, on a thread of its own: a process starts while the cluster is away, and goes on once
/// it is there. Says in the log what keeps it. Thread-safe; the admin must outlive it.
class TopicKeeper final {
 public:
  TopicKeeper(Admin& admin, std::vector<StatedTopic> topics);

  /// Waits until every topic is there as stated. The error after `deadline` says what is in the way.
  absl::Status Wait(std::chrono::steady_clock::time_point deadline);
  /// The same until it is told to stop: false then.
  bool Wait(std::stop_token stop);

  /// A topic was not there after all: they are looked at again.
  void Doubt();

 private:
  void Run(const std::stop_token& stop);

  Admin& admin_;
  const std::vector<StatedTopic> topics_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  absl::Status state_;   // OK: they are there.
  std::jthread thread_;  // Last: it uses every field above.
};

}  // namespace hotline::platform::kafka
