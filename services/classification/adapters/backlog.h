#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "platform/bus/bus.h"
#include "platform/runtime/heartbeat.h"

namespace hotline::classification {

/// Watches how many events a group has before it: where too many wait, reading each of them fast matters more than
/// reading it best. Looks on a thread of its own, from its making to its end.
class Backlog final {
 public:
  /// `limit`: how many may wait. `bus` must outlive this.
  Backlog(platform::Bus& bus, std::string topic, std::string group, std::int64_t limit,
          std::chrono::milliseconds period = std::chrono::seconds{1});

  /// No look follows; what was seen last stays.
  void Stop() { look_.reset(); }

  /// True from the look that found more than `limit` to the one that finds half of it or less. Thread-safe.
  [[nodiscard]] bool too_long() const { return too_long_; }

 private:
  void Look();

  platform::Bus& bus_;
  const std::string topic_;
  const std::string group_;
  const std::int64_t limit_;
  std::atomic<bool> too_long_{false};
  std::unique_ptr<platform::Heartbeat> look_;  // Last: it uses every field above.
};

}  // namespace hotline::classification
