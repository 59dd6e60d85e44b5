#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hotline::platform {

/// Values that may be forgotten at any time. Thread-safe. A cache that is away is a miss, never an error.
class Cache {
 public:
  virtual ~Cache() = default;
  [[nodiscard]] virtual std::optional<std::string> Get(std::string_view key) = 0;
  virtual void Put(std::string_view key, std::string value, std::chrono::milliseconds time_to_live) = 0;
  virtual void Erase(std::string_view key) = 0;
};

}  // namespace hotline::platform
