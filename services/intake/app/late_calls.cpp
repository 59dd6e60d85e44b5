#include "intake/app/late_calls.h"

#include <chrono>
#include <string>
#include <vector>

#include "platform/store/store.h"
#include "platform/telemetry/log.h"
#include "platform/time.h"

namespace hotline::intake {
namespace {

constexpr std::chrono::seconds kTick{1};
constexpr int kAtOnce = 100;

}  // namespace

LateCalls::LateCalls(const Intake& intake, const Drafting& drafting, platform::Store& store,
                     const platform::Clock& clock)
    : intake_{intake}, drafting_{drafting}, store_{store}, clock_{clock}, thread_{[this] { Run(); }} {}

LateCalls::~LateCalls() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void LateCalls::Run() {
  std::unique_lock lock{mutex_};
  while (!stop_.wait_for(lock, kTick, [this] { return stopping_; })) {
    lock.unlock();
    SettleLateOnes();
    lock.lock();
  }
}

void LateCalls::SettleLateOnes() {
  std::vector<std::string> late;
  absl::Status status = store_.Read([&](Session& session) {
    late = intake_.calls.Unsettled(session, clock_.Now() - intake_.patience, kAtOnce);
    return absl::OkStatus();
  });
  int settled = 0;
  for (const std::string& call_id : late) {
    const absl::Status one =
        store_.InTransaction([&](Transaction& tx) { return drafting_.GiveUpWaiting(tx, call_id, clock_.Now()); });
    if (one.ok()) {
      ++settled;
    } else {
      status = one;  // Tried again in a second.
    }
  }
  if (settled > 0) {
    platform::Log(platform::LogLevel::kWarning, "intake.settled_without_siblings", {{"calls", std::int64_t{settled}}});
  }
  if (!status.ok()) {
    platform::Log(platform::LogLevel::kError, "intake.late_calls_failed", {{"error", std::string{status.message()}}});
  }
}

}  // namespace hotline::intake
