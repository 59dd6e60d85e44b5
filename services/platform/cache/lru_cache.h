#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>

#include "platform/cache/cache.h"

namespace hotline::platform {

/// The cache inside one process: the least recently used values leave when it holds more than `capacity_bytes`.
///
/// A time to live is shortened by up to a tenth at random, so that values put together do not all expire together.
class LruCache final : public Cache {
 public:
  using Now = std::function<std::chrono::steady_clock::time_point()>;

  explicit LruCache(std::size_t capacity_bytes, Now now = std::chrono::steady_clock::now, std::uint64_t seed = 1)
      : capacity_bytes_{capacity_bytes}, now_{std::move(now)}, random_{seed} {}

  [[nodiscard]] std::optional<Found> Find(std::string_view key) override;
  void Put(std::string_view key, std::string value, std::chrono::milliseconds time_to_live) override;
  void Erase(std::string_view key) override;

  /// Keys, values and an estimate of what holding them costs.
  [[nodiscard]] std::size_t size_bytes() const;

 private:
  struct Item {
    std::string key;
    std::string value;
    std::chrono::steady_clock::time_point expires;
  };
  using Items = std::list<Item>;

  static std::size_t Cost(const Item& item);
  void Remove(Items::iterator item);

  const std::size_t capacity_bytes_;
  const Now now_;
  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  Items items_;                                                  // Most recently used first.
  std::unordered_map<std::string_view, Items::iterator> index_;  // Views into items_, whose nodes never move.
  std::size_t size_bytes_ = 0;
};

}  // namespace hotline::platform
