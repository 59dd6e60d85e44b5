#pragma once

#include <chrono>
#include <span>
#include <string>
#include <thread>

#include <absl/status/status.h>

#include "platform/bus/event.h"
#include "platform/bus/kafka/client.h"

namespace hotline::platform::kafka {

/// Appends to topics: idempotent, acknowledged by every replica in sync, bounded in memory. Thread-safe.
///
/// Delivery reports come on a thread of its own. Throws std::runtime_error when there can be no such client.
class Producer final {
 public:
  explicit Producer(const Connection& connection);
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  /// Blocks until every event is durable, or `deadline`. `partitions`: how many the topic has.
  absl::Status Append(const std::string& topic, std::int32_t partitions, std::span<const Event> events,
                      std::chrono::steady_clock::time_point deadline);

  /// Nothing can be appended any more: the cluster broke the promise of idempotence. Another producer can.
  [[nodiscard]] bool Broken() const;

 private:
  const Client client_;
  std::jthread poller_;  // Last: it uses the client.
};

}  // namespace hotline::platform::kafka
