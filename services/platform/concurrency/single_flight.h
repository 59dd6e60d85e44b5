#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hotline::platform {

/// Does the same piece of work once for all who want it at the same time. Thread-safe.
///
/// The first who asks for a key works; the others wait for what comes of it, and work themselves when that takes longer
/// than `patience` or fails. The work must not ask for its own key.
template <typename Value>
class SingleFlight {
 public:
  Value Do(std::string_view key, std::chrono::milliseconds patience, const std::function<Value()>& work) {
    std::shared_ptr<Flight> flight;
    {
      std::unique_lock lock{mutex_};
      if (const auto found = flights_.find(key); found != flights_.end()) {
        flight = found->second;
        ++flight->waiting;
        flight->changed.wait_for(lock, patience, [&] { return flight->landed; });
        if (flight->value) return *flight->value;
        lock.unlock();
        return work();
      }
      flight = std::make_shared<Flight>();
      flights_.emplace(key, flight);
    }
    const Landing landing{*this, key, *flight};
    Value value = work();
    const std::lock_guard lock{mutex_};
    flight->value = value;
    return value;
  }

  /// How many wait for the work on `key` in hand. For tests.
  [[nodiscard]] int waiting(std::string_view key) {
    const std::lock_guard lock{mutex_};
    const auto found = flights_.find(key);
    return found == flights_.end() ? 0 : found->second->waiting;
  }

 private:
  struct Flight {
    std::condition_variable changed;
    bool landed = false;
    int waiting = 0;             // Who has begun to wait.
    std::optional<Value> value;  // Nothing when the work threw.
  };

  /// However the work ends, nobody waits for it any longer.
  class Landing {
   public:
    Landing(SingleFlight& flights, std::string_view key, Flight& flight)
        : flights_{flights}, key_{key}, flight_{flight} {}
    ~Landing() {
      const std::lock_guard lock{flights_.mutex_};
      flight_.landed = true;
      flights_.flights_.erase(flights_.flights_.find(key_));
      flight_.changed.notify_all();
    }
    Landing(const Landing&) = delete;
    Landing& operator=(const Landing&) = delete;

   private:
    SingleFlight& flights_;
    const std::string_view key_;
    Flight& flight_;
  };

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Flight>, std::less<>> flights_;
};

}  // namespace hotline::platform
