#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "platform/bus/bus.h"

namespace hotline::platform::kafka {

/// What a subscription has fetched and not yet handled, by partition: filled by the thread that polls, emptied by the
/// one that handles. A batch that failed comes again, the same, after a pause that doubles; other partitions go on.
/// Bounded by whoever fills it: AwaitRoom() holds it back, and Add() says when a partition has far too much all the
/// same (it is not its turn for a while). A partition is paused for that alone: whatever was fetched ahead of it is
/// thrown away then. Thread-safe.
class Backlog final {
 public:
  using Clock = std::chrono::steady_clock;

  /// `now`: how long a batch takes its handler is told by it.
  explicit Backlog(std::function<Clock::time_point()> now = &Clock::now) : now_{std::move(now)} {}

  /// Events of one partition in the handler's hands.
  struct Batch {
    std::int32_t partition = 0;
    std::uint64_t assignment = 0;  ///< Of which they are.
    std::vector<Delivery> deliveries;
    bool full = false;  ///< More waited than was given at once.
  };

  // For the thread that polls:

  /// These partitions are this subscription's now, and no others.
  void Assign(std::span<const std::int32_t> partitions);
  /// None is any more. Waits for the batch in hand, so that its offset can still be stored, but only until `deadline`;
  /// after that its result no longer counts.
  void Revoke(std::chrono::steady_clock::time_point deadline);
  /// Waits while there is enough to do, but no longer than this: whoever polls must go on being asked for partitions.
  void AwaitRoom(std::chrono::milliseconds patience);
  /// False when the partition has far too much: nothing more of it should be fetched until Drained() names it.
  /// An event of a partition that is not assigned, or that came before, is left out.
  bool Add(Delivery delivery);
  /// Partitions that had enough and want more.
  [[nodiscard]] std::vector<std::int32_t> Drained();

  // For the thread that handles:

  /// The next batch; waits for one. Nothing after Close().
  std::optional<Batch> Take();
  /// Whether the batch's partition is still this subscription's, as it was when the batch was taken.
  [[nodiscard]] bool Counts(const Batch& batch);
  /// It is handled. True when its partition had enough and wants more now.
  bool Done(const Batch& batch);
  void Retry(Batch batch);

  /// Take() ends.
  void Close();

 private:
  struct Partition {
    std::deque<Delivery> waiting;
    std::size_t weight = 0;       // Of those that wait.
    std::vector<Delivery> again;  // Failed; before those that wait.
    std::int64_t next = -1;       // The least offset that is new.
    bool enough = false;
    int failures = 0;
    Clock::time_point not_before{};
  };

  [[nodiscard]] static bool WantsMore(const Partition& partition);
  /// The next events of a partition, as many as are given at once.
  [[nodiscard]] std::vector<Delivery> TakeFrom(Partition& partition) const;
  /// The weight of the events that the handler could take now.
  [[nodiscard]] std::size_t Ready() const;

  const std::function<Clock::time_point()> now_;
  std::mutex mutex_;
  std::condition_variable ready_;  // For the handler.
  std::condition_variable idle_;   // For Revoke().
  std::condition_variable room_;   // For AwaitRoom().
  std::map<std::int32_t, Partition> partitions_;
  std::int32_t turn_ = 0;  // Partitions are looked at in turn, so that a busy one does not starve the others.
  std::uint64_t assignment_ = 0;
  std::size_t at_once_ = 256;  // Weight of the next batch, at most, unless one event has more.
  Clock::time_point taken_at_;
  bool in_hand_ = false;
  bool closed_ = false;
};

}  // namespace hotline::platform::kafka
