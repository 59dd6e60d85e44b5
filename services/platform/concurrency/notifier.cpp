#include "platform/concurrency/notifier.h"

#include <algorithm>
#include <condition_variable>
#include <thread>
#include <utility>
#include <vector>

namespace hotline::platform {

struct Notifier::Entry {
  explicit Entry(Listener what) : listener{std::move(what)} {}

  void Run() {
    const std::thread::id self = std::this_thread::get_id();
    {
      const std::lock_guard lock{mutex};
      if (gone) return;
      running.push_back(self);
    }
    listener();
    const std::lock_guard lock{mutex};
    running.erase(std::find(running.begin(), running.end(), self));
    idle.notify_all();
  }

  /// A listener that unregisters itself must not wait for itself; one that runs on another thread is waited for.
  void Retire() {
    const std::thread::id self = std::this_thread::get_id();
    std::unique_lock lock{mutex};
    gone = true;
    idle.wait(lock, [&] {
      return std::all_of(running.begin(), running.end(), [&](std::thread::id thread) { return thread == self; });
    });
  }

  const Listener listener;
  std::mutex mutex;
  std::condition_variable idle;
  std::vector<std::thread::id> running;
  bool gone = false;
};

namespace {

/// Runs its action when it goes.
class Undo final : public Notifier::Registration {
 public:
  explicit Undo(std::function<void()> action) : action_{std::move(action)} {}
  ~Undo() override { action_(); }
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;

 private:
  std::function<void()> action_;
};

}  // namespace

std::unique_ptr<Notifier::Registration> Notifier::Listen(std::string key, Listener listener) {
  auto entry = std::make_shared<Entry>(std::move(listener));
  const std::lock_guard lock{mutex_};
  const auto position = entries_.emplace(std::move(key), entry);
  return std::make_unique<Undo>([this, position, entry] {
    {
      const std::lock_guard erase_lock{mutex_};
      entries_.erase(position);
    }
    entry->Retire();  // Not under mutex_: the listener that is waited for may itself notify.
  });
}

void Notifier::Notify(std::string_view key) {
  std::vector<std::shared_ptr<Entry>> listeners;
  {
    const std::lock_guard lock{mutex_};
    const auto [begin, end] = entries_.equal_range(key);
    for (auto it = begin; it != end; ++it) listeners.push_back(it->second);
  }
  for (const auto& entry : listeners) entry->Run();
}

void Notifier::NotifyAll() {
  std::vector<std::shared_ptr<Entry>> listeners;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [key, entry] : entries_) listeners.push_back(entry);
  }
  for (const auto& entry : listeners) entry->Run();
}

}  // namespace hotline::platform
