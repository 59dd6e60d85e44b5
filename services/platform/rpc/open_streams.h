#pragma once

#include <atomic>
#include <cstddef>

namespace hotline::platform {

/// The long-lived streams of one process: bounded in number, and asked to end when it stops (Close(), then
/// Notifier::NotifyAll() so that they look). Thread-safe.
class OpenStreams final {
 public:
  explicit OpenStreams(std::size_t limit) : limit_{limit} {}

  /// Takes a place, or says that there is none. Every true is paid back with Leave().
  [[nodiscard]] bool TryEnter() {
    if (count_.fetch_add(1) < limit_) return true;
    count_.fetch_sub(1);
    return false;
  }
  void Leave() { count_.fetch_sub(1); }

  void Close() { closed_ = true; }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> count_{0};
  std::atomic<bool> closed_{false};
};

}  // namespace hotline::platform
