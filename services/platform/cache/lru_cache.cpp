#include "platform/cache/lru_cache.h"

#include <utility>

namespace hotline::platform {

std::size_t LruCache::Cost(const Item& item) {
  constexpr std::size_t kNodes = 128;  // A list node, a hash node and their allocations, roughly.
  return item.key.size() + item.value.size() + kNodes;
}

void LruCache::Remove(Items::iterator item) {
  size_bytes_ -= Cost(*item);
  index_.erase(item->key);
  items_.erase(item);
}

std::optional<Cache::Found> LruCache::Find(std::string_view key) {
  const auto now = now_();
  const std::lock_guard lock{mutex_};
  const auto found = index_.find(key);
  if (found == index_.end()) return std::nullopt;
  const Items::iterator item = found->second;
  if (item->expires <= now) {
    Remove(item);
    return std::nullopt;
  }
  items_.splice(items_.begin(), items_, item);
  return Found{item->value, std::chrono::floor<std::chrono::milliseconds>(item->expires - now)};
}

void LruCache::Put(std::string_view key, std::string value, std::chrono::milliseconds time_to_live) {
  if (time_to_live.count() <= 0) return Erase(key);
  const auto now = now_();
  const std::lock_guard lock{mutex_};
  if (const auto found = index_.find(key); found != index_.end()) Remove(found->second);
  const std::chrono::milliseconds jitter{random_() % static_cast<std::uint64_t>(time_to_live.count() / 10 + 1)};
  items_.push_front({std::string{key}, std::move(value), now + time_to_live - jitter});
  index_.emplace(items_.front().key, items_.begin());
  size_bytes_ += Cost(items_.front());
  while (size_bytes_ > capacity_bytes_ && !items_.empty()) Remove(std::prev(items_.end()));
}

void LruCache::Erase(std::string_view key) {
  const std::lock_guard lock{mutex_};
  if (const auto found = index_.find(key); found != index_.end()) Remove(found->second);
}

std::size_t LruCache::size_bytes() const {
  const std::lock_guard lock{mutex_};
  return size_bytes_;
}

}  // namespace hotline::platform
