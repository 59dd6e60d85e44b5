#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platform/cache/cache.h"
#include "platform/cache/lru_cache.h"
#include "platform/concurrency/single_flight.h"

namespace hotline::platform {

class Metrics;

/// The cache of a process: its own memory, and behind it, where there is one, the cache it shares with other processes.
/// Counts hits and misses. Thread-safe; waits for the shared cache as that one promises, once for all who want the same
/// key at the same time.
class LayeredCache final : public Cache {
 public:
  /// `shared` may be null.
  LayeredCache(std::size_t memory_bytes, std::unique_ptr<Cache> shared, Metrics& metrics);

  [[nodiscard]] std::optional<Found> Find(std::string_view key) override;
  void Put(std::string_view key, std::string value, std::chrono::milliseconds time_to_live) override;
  void Erase(std::string_view key) override;

 private:
  LruCache memory_;
  const std::unique_ptr<Cache> shared_;
  Metrics& metrics_;
  SingleFlight<std::optional<Found>> flights_;
};

}  // namespace hotline::platform
