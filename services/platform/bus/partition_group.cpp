#include "platform/bus/partition_group.h"

#include <algorithm>
#include <utility>

#include "platform/bus/backoff.h"

namespace hotline::platform {

PartitionGroup::PartitionGroup(TopicEnds& topic, std::vector<std::int64_t> next, Stored stored)
    : topic_{topic}, stored_{std::move(stored)} {
  for (const std::int64_t offset : next)
    partitions_.push_back({.next = offset, .claimed = false, .failures = 0, .not_before = {}});
}

std::uint64_t PartitionGroup::Join() {
  const std::lock_guard lock{topic_.mutex};
  members_.push_back(++last_member_);
  return last_member_;
}

void PartitionGroup::Leave(std::uint64_t member) {
  {
    const std::lock_guard lock{topic_.mutex};
    std::erase(members_, member);
  }
  topic_.grown.notify_all();  // Its partitions have new owners.
}

bool PartitionGroup::Owns(std::uint64_t member, std::size_t partition) const {
  return !members_.empty() && members_[partition % members_.size()] == member;
}

std::optional<PartitionGroup::Claim> PartitionGroup::Wait(std::uint64_t member, const bool& stop) {
  std::unique_lock lock{topic_.mutex};
  for (;;) {
    if (stop) return std::nullopt;
    const Clock::time_point now = Clock::now();
    Clock::time_point wake = Clock::time_point::max();
    for (std::size_t i = 0; i < partitions_.size(); ++i) {
      const std::size_t candidate = (turn_ + i) % partitions_.size();
      Partition& partition = partitions_[candidate];
      if (partition.claimed || partition.next >= topic_.ends[candidate] || !Owns(member, candidate)) continue;
      if (partition.not_before > now) {
        wake = std::min(wake, partition.not_before);
        continue;
      }
      partition.claimed = true;
      turn_ = candidate + 1;
      return Claim{.partition = static_cast<std::int32_t>(candidate), .from = partition.next};
    }
    if (wake == Clock::time_point::max()) {
      topic_.grown.wait(lock);
    } else {
      topic_.grown.wait_until(lock, wake);
    }
  }
}

void PartitionGroup::Advance(std::int32_t partition, std::int64_t next) {
  bool shared = false;
  {
    const std::lock_guard lock{topic_.mutex};
    Partition& state = partitions_[static_cast<std::size_t>(partition)];
    state = {.next = next, .claimed = false, .failures = 0, .not_before = {}};
    if (stored_) stored_(partition, next);
    shared = members_.size() > 1;
  }
  if (shared) topic_.grown.notify_all();  // Its owner may have changed while it was claimed.
}

void PartitionGroup::Retry(std::int32_t partition) {
  {
    const std::lock_guard lock{topic_.mutex};
    Partition& state = partitions_[static_cast<std::size_t>(partition)];
    state.claimed = false;
    state.not_before = Clock::now() + RetryPause(++state.failures);
  }
  topic_.grown.notify_all();
}

std::int64_t PartitionGroup::Lag() const {
  const std::lock_guard lock{topic_.mutex};
  std::int64_t lag = 0;
  for (std::size_t i = 0; i < partitions_.size(); ++i) lag += topic_.ends[i] - partitions_[i].next;
  return lag;
}

}  // namespace hotline::platform
