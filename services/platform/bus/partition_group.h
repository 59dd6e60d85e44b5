#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace hotline::platform {

/// A topic's partitions inside this process: where each ends, and who waits for more. Thread-safe with its mutex.
struct TopicEnds {
  std::mutex mutex;
  std::condition_variable grown;
  std::vector<std::int64_t> ends;  ///< A partition's next offset; guarded by mutex.
};

/// The members of one group in this process, and how far each partition is handled.
///
/// A partition belongs to one member and is handled by one thread at a time, also while members come and go: a claim is
/// held until its batch is finished. Thread-safe: everything happens under the topic's mutex.
class PartitionGroup {
 public:
  using Stored = std::function<void(std::int32_t partition, std::int64_t next)>;

  /// `stored` is told of every advance, under the topic's mutex; it may be empty.
  PartitionGroup(TopicEnds& topic, std::vector<std::int64_t> next, Stored stored);

  /// A member's number; members share the partitions evenly.
  std::uint64_t Join();
  void Leave(std::uint64_t member);

  /// A partition with something to read.
  struct Claim {
    std::int32_t partition = 0;
    std::int64_t from = 0;
  };
  /// Waits until a partition of this member has something to read, or `stop` is set (then nothing). Wake() after
  /// setting it.
  std::optional<Claim> Wait(std::uint64_t member, const bool& stop);

  /// The batch is handled: the partition goes on at `next`.
  void Advance(std::int32_t partition, std::int64_t next);
  /// It is not: the same again after a pause that doubles up to 5 s.
  void Retry(std::int32_t partition);

  [[nodiscard]] std::int64_t Lag() const;

 private:
  using Clock = std::chrono::steady_clock;

  struct Partition {
    std::int64_t next = 0;
    bool claimed = false;
    int failures = 0;
    Clock::time_point not_before{};
  };

  [[nodiscard]] bool Owns(std::uint64_t member, std::size_t partition) const;

  TopicEnds& topic_;
  const Stored stored_;
  std::vector<Partition> partitions_;
  std::vector<std::uint64_t> members_;
  std::uint64_t last_member_ = 0;
  std::size_t turn_ = 0;  // Partitions are looked at in turn, so that a busy one does not starve the others.
};

}  // namespace hotline::platform
