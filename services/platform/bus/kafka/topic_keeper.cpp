#include "platform/bus/kafka/topic_keeper.h"

#include <algorithm>
#include <string>
#include <utility>

#include "platform/telemetry/log.h"

namespace hotline::platform::kafka {
namespace {

constexpr std::chrono::seconds kPatience{3};  // A stop waits for a try in hand.
constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{5000};

}  // namespace

TopicKeeper::TopicKeeper(Admin& admin, std::vector<StatedTopic> topics)
    : admin_{admin},
      topics_{std::move(topics)},
      state_{absl::UnavailableError("Kafka has not answered yet")},
      thread_{[this](const std::stop_token& stop) { Run(stop); }} {}

absl::Status TopicKeeper::Wait(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock{mutex_};
  changed_.wait_until(lock, deadline, [this] { return state_.ok(); });
  return state_;
}

bool TopicKeeper::Wait(std::stop_token stop) {
  std::unique_lock lock{mutex_};
  return changed_.wait(lock, std::move(stop), [this] { return state_.ok(); });
}

void TopicKeeper::Doubt() {
  {
    const std::lock_guard lock{mutex_};
    if (!state_.ok()) return;
    state_ = absl::UnavailableError("a topic is not there");
  }
  changed_.notify_all();
}

void TopicKeeper::Run(const std::stop_token& stop) {
  auto pause = kFirstPause;
  for (;;) {
    const absl::Status ensured = admin_.EnsureTopics(topics_, std::chrono::steady_clock::now() + kPatience);
    std::unique_lock lock{mutex_};
    state_ = ensured;
    changed_.notify_all();
    if (ensured.ok()) {
      pause = kFirstPause;
      if (!changed_.wait(lock, stop, [this] { return !state_.ok(); })) return;
      continue;
    }
    if (pause == kLongestPause || absl::IsFailedPrecondition(ensured)) {
      Log(LogLevel::kError, "kafka.topics_missing", {{"why", std::string{ensured.message()}}});
    }
    if (changed_.wait_for(lock, stop, pause, [] { return false; }) || stop.stop_requested()) return;
    pause = std::min(kLongestPause, 2 * pause);
  }
}

}  // namespace hotline::platform::kafka
