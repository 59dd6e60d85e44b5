#pragma once

#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include <absl/status/status.h>

#include "platform/bus/inbox.h"

namespace hotline::platform {

/// Events of one batch on their way through the store: submitted together, so that they share commits, and awaited
/// together. When one fails, the later ones of its key in this batch stand back. Thread-safe.
class Round {
 public:
  enum class Verdict { kWaiting, kDone, kStoodBack, kFailed };

  explicit Round(std::size_t events) : verdicts_(events, Verdict::kWaiting), statuses_(events), open_{events} {}

  /// On the store's thread, before an event is tried. From here on its key counts as failed until Succeeded(): the
  /// next event of the key may run before this one's outcome is told. The store runs work again, that of one key from
  /// the first on: what a later event of the key left behind no longer counts.
  bool MustStandBack(std::size_t i, const KeyOfSource& key) {
    const std::lock_guard lock{mutex_};
    std::size_t& failed = failed_.try_emplace(key, i).first->second;
    const bool behind = failed < i;
    if (!behind) failed = i;
    verdicts_[i] = behind ? Verdict::kStoodBack : Verdict::kWaiting;
    return behind;
  }
  void Succeeded(const KeyOfSource& key) {
    const std::lock_guard lock{mutex_};
    failed_.erase(key);
  }

  void Finish(std::size_t i, const KeyOfSource& key, absl::Status status) {
    const std::lock_guard lock{mutex_};
    if (verdicts_[i] == Verdict::kWaiting) {
      verdicts_[i] = status.ok() ? Verdict::kDone : Verdict::kFailed;
      if (!status.ok()) failed_.insert_or_assign(key, i);
      statuses_[i] = std::move(status);
    }
    if (--open_ == 0) finished_.notify_one();
  }

  void Wait() {
    std::unique_lock lock{mutex_};
    finished_.wait(lock, [this] { return open_ == 0; });
  }

  // After Wait():
  [[nodiscard]] Verdict verdict(std::size_t i) const { return verdicts_[i]; }
  [[nodiscard]] const absl::Status& status(std::size_t i) const { return statuses_[i]; }

 private:
  std::mutex mutex_;
  std::condition_variable finished_;
  std::vector<Verdict> verdicts_;
  std::vector<absl::Status> statuses_;
  std::map<KeyOfSource, std::size_t> failed_;  // And by which event.
  std::size_t open_;
};

}  // namespace hotline::platform
