#include "escalation/app/late_turns.h"

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "platform/store/store.h"
#include "platform/telemetry/log.h"

namespace hotline::escalation {
namespace {

constexpr std::chrono::milliseconds kTick{50};
constexpr std::chrono::milliseconds kAfterFailure{1'000};
constexpr std::chrono::seconds kBetweenLines{1};
constexpr std::chrono::seconds kLongestCatchUp{10};
constexpr std::chrono::seconds kSubmitPatience{5};
constexpr int kAtOnce = 100;

}  // namespace

LateTurns::LateTurns(const Assessments& assessments, CallTable& calls, platform::Store& store,
                     const platform::Clock& clock, std::chrono::milliseconds patience, std::function<bool()> behind)
    : assessments_{assessments},
      calls_{calls},
      store_{store},
      clock_{clock},
      patience_{patience},
      behind_{std::move(behind)},
      started_at_{clock.Now()} {
  if (!behind_()) caught_up_at_ = started_at_;
  thread_ = std::thread{[this] { Run(); }};
}

LateTurns::~LateTurns() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void LateTurns::Run() {
  std::unique_lock lock{mutex_};
  std::chrono::milliseconds pause = kTick;
  while (!stop_.wait_for(lock, pause, [this] { return stopping_; })) {
    lock.unlock();
    pause = Look() ? kTick : kAfterFailure;
    lock.lock();
  }
}

bool LateTurns::Look() {
  absl::Status status;
  try {
    const Time now = clock_.Now();
    // Turns seen before the start, or while the log was read, count from then on.
    if (CaughtUp(now) && now - *caught_up_at_ >= patience_) status = FinishLateOnes(now);
  } catch (const std::exception& e) {  // The last frame of ours: an escape would end the process.
    status = absl::InternalError(e.what());
  }
  if (!status.ok()) {
    platform::Log(platform::LogLevel::kError, "escalation.late_turns_failed",
                  {{"error", std::string{status.message()}}});
  }
  return status.ok();
}

bool LateTurns::CaughtUp(Time now) {
  if (!caught_up_at_ && (!behind_() || now - started_at_ >= kLongestCatchUp)) caught_up_at_ = now;
  return caught_up_at_.has_value();
}

absl::Status LateTurns::FinishLateOnes(Time now) {
  const Time seen_by = now - patience_;
  std::vector<std::string> late;
  absl::Status status = store_.Read([&](platform::Session& session) {
    late = calls_.Waiting(session, seen_by, kAtOnce);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (!late.empty()) status = Finish(late, seen_by, now);
  Tell(late.size());
  return status;
}

void LateTurns::Tell(std::size_t calls) {
  untold_ += calls;
  const auto now = std::chrono::steady_clock::now();
  if (untold_ == 0 || now - told_at_ < kBetweenLines) return;
  platform::Log(platform::LogLevel::kWarning, "escalation.judged_without_readings",
                {{"calls", static_cast<std::int64_t>(untold_)}});
  untold_ = 0;
  told_at_ = now;
}

absl::Status LateTurns::Finish(const std::vector<std::string>& call_ids, Time seen_by, Time now) {
  const auto deadline = std::chrono::steady_clock::now() + kSubmitPatience;
  std::mutex mutex;
  std::condition_variable finished;
  std::size_t open = call_ids.size();
  absl::Status failure;
  for (const std::string& call_id : call_ids) {  // Together: they share a commit.
    store_.Submit([&](platform::Transaction& tx) { return assessments_.GiveUpWaiting(tx, call_id, seen_by, now); },
                  deadline,
                  [&](const absl::Status& status) {
                    const std::lock_guard lock{mutex};
                    if (!status.ok()) failure = status;
                    if (--open == 0) finished.notify_one();  // Under the lock: all of this ends with the wait.
                  });
  }
  std::unique_lock lock{mutex};
  finished.wait(lock, [&] { return open == 0; });
  return failure;
}

}  // namespace hotline::escalation
