#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace hotline::platform {

/// Tells whoever watches a key in this process that there is something new to read: a hint, never data.
/// Listeners run on the notifying thread and must not block. Thread-safe.
class Notifier {
 public:
  using Listener = std::function<void()>;

  /// Forgets the listener when destroyed; after that it is not running and will not run.
  class Registration {
   public:
    virtual ~Registration() = default;
  };

  [[nodiscard]] std::unique_ptr<Registration> Listen(std::string key, Listener listener);
  void Notify(std::string_view key);
  /// Wakes every listener: shutdown, or a hint that could have been missed.
  void NotifyAll();

 private:
  struct Entry;
  std::mutex mutex_;
  std::multimap<std::string, std::shared_ptr<Entry>, std::less<>> entries_;
};

}  // namespace hotline::platform
