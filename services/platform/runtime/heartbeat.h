#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace hotline::platform {

/// Calls `beat` every `period` on a thread of its own until it is destroyed. For what must not hang on a hint alone.
class Heartbeat final {
 public:
  Heartbeat(std::chrono::milliseconds period, std::function<void()> beat)
      : thread_{[this, period, beat = std::move(beat)](const std::stop_token& stop) {
          std::unique_lock lock{mutex_};
          while (!stopped_.wait_for(lock, stop, period, [&] { return stop.stop_requested(); })) beat();
        }} {}

 private:
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;  // Last: it uses both.
};

}  // namespace hotline::platform
