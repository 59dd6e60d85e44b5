#pragma once

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "platform/bus/bus.h"
#include "platform/security/sealer.h"
#include "platform/telemetry/metrics.h"
#include "platform/time.h"

namespace hotline::platform::testing {

/// A folder of its own that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "hotline test XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A clock that a test moves.
class FakeClock final : public Clock {
 public:
  [[nodiscard]] Time Now() const override { return Time{std::chrono::milliseconds{now_.load()}}; }
  void Move(std::chrono::milliseconds by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_{1'772'500'000'000};
};

class CountingMetrics final : public Metrics {
 public:
  void Add(std::string_view counter, double amount, Labels) override {
    const std::lock_guard lock{mutex_};
    counts_[std::string{counter}] += amount;
  }
  void Set(std::string_view, double, Labels) override {}
  void Observe(std::string_view, double, Labels) override {}
  [[nodiscard]] double Count(const std::string& counter) {
    const std::lock_guard lock{mutex_};
    return counts_[counter];
  }

 private:
  std::mutex mutex_;
  std::map<std::string, double> counts_;
};

/// Waits for what another thread brings about; false after 20 s.
inline bool Eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

/// Events as they arrive; a handler for a bus.
class Arrivals {
 public:
  DeliveryHandler Handler() {
    return [this](std::span<const Delivery> deliveries) {
      const std::lock_guard lock{mutex_};
      for (const Delivery& delivery : deliveries) all_.push_back(delivery);
      changed_.notify_all();
      return absl::OkStatus();
    };
  }
  bool WaitFor(std::size_t count) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return all_.size() >= count; });
  }
  [[nodiscard]] std::vector<Delivery> all() {
    const std::lock_guard lock{mutex_};
    return all_;
  }
  [[nodiscard]] std::vector<std::string> Ids() {
    std::vector<std::string> ids;
    for (const Delivery& delivery : all()) ids.push_back(delivery.event.id);
    return ids;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Delivery> all_;
};

inline Event MakeEvent(std::string id, std::string key, std::uint64_t sequence = 0) {
  return {.id = std::move(id),
          .source = "hotline/test",
          .type = "hotline.test.v1.Happened",
          .key = std::move(key),
          .sequence = sequence,
          .time = Time{std::chrono::milliseconds{1'772'500'000'123}},
          .trace_parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          .payload = "payload"};
}

inline std::chrono::steady_clock::time_point Soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds{20};
}

}  // namespace hotline::platform::testing
