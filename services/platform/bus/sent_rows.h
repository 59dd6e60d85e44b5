#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include <absl/status/status.h>

#include "platform/store/outbox.h"
#include "platform/store/store.h"

namespace hotline::platform {

/// Rows that the bus has for good and the outbox still holds. They leave it together, by a commit that no event waits
/// for: what comes after them is on its way meanwhile. A crash before that commit sends them again, and every consumer
/// knows them. One removal at a time. Used by the relay's thread; the store answers on one of its own.
class SentRows final {
 public:
  /// The store must outlive this. `left` runs when a removal has ended and there are rows still: on a thread of the
  /// store, or the caller's. Must not block, nor call back.
  SentRows(Store& store, std::function<void()> left) : store_{store}, left_{std::move(left)} {}
  /// Waits for a removal that is on its way.
  ~SentRows();
  SentRows(const SentRows&) = delete;
  SentRows& operator=(const SentRows&) = delete;

  void Add(const std::vector<OutboxRow>& rows);
  /// How many there are, those on their way out included.
  [[nodiscard]] std::size_t size() const;
  /// Those there are. Who looks for unsent rows asks before it reads the outbox: what leaves while it reads is still
  /// among the rows it sees, and here no longer.
  [[nodiscard]] std::set<std::int64_t> ids() const;

  /// When the oldest is due to leave; the far future where nothing is, or something is on its way.
  [[nodiscard]] std::chrono::steady_clock::time_point due() const;
  /// Begins to remove all that is here, unless a removal is on its way.
  void Remove();
  /// Removes all that is here, and waits for it. An error leaves what it concerns here.
  absl::Status RemoveNow();
  /// What the last removal said that has not been asked for yet; OK when there was none.
  [[nodiscard]] absl::Status TakeFailure();

 private:
  void Removed(const std::vector<std::int64_t>& ids, const absl::Status& status);

  Store& store_;
  const std::function<void()> left_;
  mutable std::mutex mutex_;
  std::condition_variable removed_;
  std::set<std::int64_t> ids_;
  std::size_t waiting_ = 0;  // Of ids_, those that no removal has taken up.
  std::chrono::steady_clock::time_point due_{};
  bool removing_ = false;
  absl::Status failure_;
};

}  // namespace hotline::platform
