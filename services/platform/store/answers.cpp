#include "platform/store/answers.h"

#include <cstddef>
#include <functional>
#include <utility>

#include "platform/runtime/fault_points.h"
#include "platform/store/sql_transaction.h"

namespace hotline::platform {
namespace {

constexpr std::size_t kMostGroups = 8;  // That are committed and not answered.

}  // namespace

Answers::~Answers() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  some_.notify_one();
  thread_.join();
}

void Answers::Give(std::vector<WorkOutcome> outcomes) {
  std::unique_lock lock{mutex_};
  room_.wait(lock, [this] { return waiting_.size() < kMostGroups; });
  waiting_.push_back(std::move(outcomes));
  some_.notify_one();
}

void Answers::Tell(std::vector<WorkOutcome>& outcomes) {
  for (WorkOutcome& outcome : outcomes) {
    std::vector<std::function<void()>> actions;
    if (outcome.result.ok()) actions = std::move(outcome.actions);
    actions.push_back([&outcome] { outcome.piece.done(std::move(outcome.result)); });
    RunAll(actions);
  }
  FaultPoint("store.after_answer");
}

void Answers::Run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    some_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    std::vector<WorkOutcome> outcomes = std::move(waiting_.front());
    waiting_.pop_front();
    room_.notify_one();
    lock.unlock();
    Tell(outcomes);
    outcomes.clear();  // What the work holds goes here too.
    lock.lock();
  }
}

}  // namespace hotline::platform
