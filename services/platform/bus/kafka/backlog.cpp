#include "platform/bus/kafka/backlog.h"

#include <algorithm>
#include <utility>

#include "platform/bus/backoff.h"

namespace hotline::platform::kafka {
namespace {

// Events given to a handler at once: as many as it gets through in a moment, so that a partition that has much to do
// keeps the others waiting no longer than that, and one whose handler is quick pays for few commits.
constexpr std::size_t kSmallestBatch = 64;
constexpr std::size_t kLargestBatch = 1024;
constexpr std::chrono::milliseconds kMoment{100};
constexpr std::size_t kEnough = 2 * kLargestBatch;  // Events that wait for the handler.
constexpr std::size_t kFarTooMany = 2 * kEnough;    // Of one partition.
constexpr std::size_t kFew = kFarTooMany / 4;

/// What counts in all of these: an event once, and once more for each so many bytes. So what lies in memory is bounded,
/// whatever the size of events.
constexpr std::size_t kBytesOfOne = 4096;

std::size_t Weight(const Delivery& delivery) { return 1 + delivery.event.payload.size() / kBytesOfOne; }

}  // namespace

void Backlog::Assign(std::span<const std::int32_t> partitions) {
  const std::lock_guard lock{mutex_};
  ++assignment_;
  partitions_.clear();
  for (const std::int32_t partition : partitions) partitions_[partition] = {};
}

void Backlog::Revoke(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock{mutex_};
  partitions_.clear();
  room_.notify_one();
  idle_.wait_until(lock, deadline, [this] { return !in_hand_; });
  ++assignment_;
}

std::size_t Backlog::Ready() const {
  const Clock::time_point now = Clock::now();
  std::size_t ready = 0;
  for (const auto& [number, partition] : partitions_) {
    if (partition.not_before <= now) ready += partition.weight;
  }
  return ready;
}

void Backlog::AwaitRoom(std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  room_.wait_for(lock, patience, [this] { return closed_ || Ready() < kEnough; });
}

bool Backlog::Add(Delivery delivery) {
  bool enough = false;
  {
    const std::lock_guard lock{mutex_};
    const auto found = partitions_.find(delivery.position.partition);
    if (found == partitions_.end()) return true;
    Partition& partition = found->second;
    if (delivery.position.offset < partition.next) return true;
    partition.next = delivery.position.offset + 1;
    partition.weight += Weight(delivery);
    partition.waiting.push_back(std::move(delivery));
    if (partition.weight >= kFarTooMany) partition.enough = true;
    enough = partition.enough;
  }
  ready_.notify_one();
  return !enough;
}

bool Backlog::WantsMore(const Partition& partition) { return partition.enough && partition.weight <= kFew; }

std::vector<std::int32_t> Backlog::Drained() {
  const std::lock_guard lock{mutex_};
  std::vector<std::int32_t> drained;
  for (auto& [number, partition] : partitions_) {
    if (!WantsMore(partition)) continue;
    partition.enough = false;
    drained.push_back(number);
  }
  return drained;
}

std::optional<Backlog::Batch> Backlog::Take() {
  std::unique_lock lock{mutex_};
  for (;;) {
    if (closed_) return std::nullopt;
    const Clock::time_point now = Clock::now();
    Clock::time_point wake = Clock::time_point::max();
    auto at = partitions_.lower_bound(turn_);
    for (std::size_t i = 0; i < partitions_.size(); ++i, ++at) {
      if (at == partitions_.end()) at = partitions_.begin();
      auto& [number, partition] = *at;
      if (partition.again.empty() && partition.waiting.empty()) continue;
      if (partition.not_before > now) {
        wake = std::min(wake, partition.not_before);
        continue;
      }
      Batch batch{.partition = number, .assignment = assignment_, .deliveries = std::exchange(partition.again, {})};
      if (batch.deliveries.empty()) {
        batch.deliveries = TakeFrom(partition);
        batch.full = !partition.waiting.empty();
      }
      turn_ = number + 1;
      in_hand_ = true;
      taken_at_ = now_();
      room_.notify_one();
      return batch;
    }
    if (wake == Clock::time_point::max()) {
      ready_.wait(lock);
    } else {
      ready_.wait_until(lock, wake);
    }
  }
}

std::vector<Delivery> Backlog::TakeFrom(Partition& partition) const {
  std::vector<Delivery> taken;
  std::size_t weight = 0;
  while (!partition.waiting.empty()) {
    Delivery& next = partition.waiting.front();
    const std::size_t more = Weight(next);
    if (!taken.empty() && weight + more > at_once_) break;
    weight += more;
    taken.push_back(std::move(next));
    partition.waiting.pop_front();
  }
  partition.weight -= weight;
  return taken;
}

bool Backlog::Counts(const Batch& batch) {
  const std::lock_guard lock{mutex_};
  return batch.assignment == assignment_;
}

bool Backlog::Done(const Batch& batch) {
  bool wants_more = false;
  {
    const std::lock_guard lock{mutex_};
    in_hand_ = false;
    if (now_() - taken_at_ > kMoment) {
      at_once_ = std::max(at_once_ / 2, kSmallestBatch);
    } else if (batch.full) {
      at_once_ = std::min(at_once_ * 2, kLargestBatch);
    }
    const auto found = partitions_.find(batch.partition);
    if (batch.assignment == assignment_ && found != partitions_.end()) {
      found->second.failures = 0;
      wants_more = WantsMore(found->second);
    }
  }
  idle_.notify_all();
  return wants_more;
}

void Backlog::Retry(Batch batch) {
  {
    const std::lock_guard lock{mutex_};
    in_hand_ = false;
    const auto found = partitions_.find(batch.partition);
    if (batch.assignment == assignment_ && found != partitions_.end()) {
      Partition& partition = found->second;
      partition.again = std::move(batch.deliveries);
      partition.not_before = Clock::now() + RetryPause(++partition.failures);
    }
  }
  idle_.notify_all();
}

void Backlog::Close() {
  {
    const std::lock_guard lock{mutex_};
    closed_ = true;
  }
  ready_.notify_all();
  room_.notify_all();
}

}  // namespace hotline::platform::kafka
