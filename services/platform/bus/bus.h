#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "platform/bus/event.h"

namespace hotline::platform {

/// A running subscription; Stop() finishes the event in hand and stores its offset. Destroying it stops it.
class Subscription {
 public:
  virtual ~Subscription() = default;
  virtual void Stop() = 0;
};

/// An event and where it was read.
struct Delivery {
  Event event;
  Position position;
};

/// Handles events of ONE partition, in order, on the subscription's own thread.
///
/// OK stores the offset after the last of them. Anything else: the same events come again with backoff
/// (a handler that wants to give up on one event parks it in its own transaction and answers OK: see consumer.h).
using DeliveryHandler = std::function<absl::Status(std::span<const Delivery>)>;

/// The durable, partitioned log between services: Kafka, or SQLite in one process.
///
/// Both pass tests/contract/bus. Thread-safe. Delivery is at least once and in order per key.
/// Topics and their partition counts are fixed (topics.h); the partition of a key is murmur2(key) mod count.
class Bus {
 public:
  virtual ~Bus() = default;

  /// Blocks until every event is durable, or `deadline`. After an error any of them may have
  /// been appended: the outbox relay sends them again, the inbox knows them again.
  virtual absl::Status Append(std::string_view topic, std::span<const Event> events,
                              std::chrono::steady_clock::time_point deadline) = 0;

  /// Shared work: each event goes to one member of `group`, starting after its stored offset
  /// (from the beginning when there is none).
  virtual std::unique_ptr<Subscription> Consume(std::string_view topic, std::string_view group,
                                                DeliveryHandler handler) = 0;

  /// Every process sees every event: from `from[partition]` on, or only new ones where it is absent or -1.
  virtual std::unique_ptr<Subscription> Follow(std::string_view topic, std::vector<std::int64_t> from,
                                               DeliveryHandler handler) = 0;

  /// How many events `group` has not yet stored an offset for, over all partitions.
  virtual absl::StatusOr<std::int64_t> Lag(std::string_view topic, std::string_view group) = 0;
};

}  // namespace hotline::platform
