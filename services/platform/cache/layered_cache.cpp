#include "platform/cache/layered_cache.h"

#include <utility>

#include "platform/telemetry/metrics.h"

namespace hotline::platform {
namespace {

constexpr std::chrono::seconds kPatience{1};  // Longer than any shared cache waits.

}  // namespace

LayeredCache::LayeredCache(std::size_t memory_bytes, std::unique_ptr<Cache> shared, Metrics& metrics)
    : memory_{memory_bytes}, shared_{std::move(shared)}, metrics_{metrics} {}

std::optional<Cache::Found> LayeredCache::Find(std::string_view key) {
  std::optional<Found> found = memory_.Find(key);
  metrics_.Add("hotline_cache_gets_total", 1, {{"level", "memory"}, {"result", found ? "hit" : "miss"}});
  if (found || shared_ == nullptr) return found;
  return flights_.Do(key, kPatience, [&] {
    std::optional<Found> brought = shared_->Find(key);
    if (brought) memory_.Put(key, brought->value, brought->time_left);
    return brought;
  });
}

void LayeredCache::Put(std::string_view key, std::string value, std::chrono::milliseconds time_to_live) {
  if (shared_ != nullptr) shared_->Put(key, value, time_to_live);
  memory_.Put(key, std::move(value), time_to_live);
}

void LayeredCache::Erase(std::string_view key) {
  if (shared_ != nullptr) shared_->Erase(key);
  memory_.Erase(key);
}

}  // namespace hotline::platform
