#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hotline::platform {

/// Values that may be forgotten at any time. Thread-safe. A cache that is away is a miss, never an error.
///
/// A key names one value for ever: what can change carries its version in the key. A value put over another, or one
/// erased, may be seen once more by another process, or while the cache is away. Keys hold no words of a caller.
class Cache {
 public:
  struct Found {
    std::string value;
    std::chrono::milliseconds time_left{0};  ///< What is left of its time to live.
  };

  virtual ~Cache() = default;
  [[nodiscard]] virtual std::optional<Found> Find(std::string_view key) = 0;
  virtual void Put(std::string_view key, std::string value, std::chrono::milliseconds time_to_live) = 0;
  virtual void Erase(std::string_view key) = 0;

  [[nodiscard]] std::optional<std::string> Get(std::string_view key) {
    std::optional<Found> found = Find(key);
    if (!found) return std::nullopt;
    return std::move(found->value);
  }
};

}  // namespace hotline::platform
