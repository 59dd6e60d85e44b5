#include "platform/store/work_group.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <string>
#include <utility>

#include "platform/concurrency/deadline.h"
#include "platform/runtime/fault_points.h"
#include "platform/store/statement_limits.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// For a lock, while others may wait for those that the group holds.
constexpr milliseconds kCrowdedLockWait{20};
/// For a lock, by a piece alone in its group: a few commits of others. Far less than PostgreSQL takes to look for a
/// deadlock (1 s): where two pieces wait for each other, one of them gives way.
constexpr milliseconds kLockWait{40};
constexpr int kMaxTries = 160;  // Half a minute, where the deadline is not nearer.

void ThrowIfLost(const SqlTransaction& transaction) {
  const std::optional<StoreError>& error = transaction.error();
  if (error && error->kind() == StoreError::Kind::kUnavailable) throw StoreError{*error};
}

template <typename Finish>
absl::Status RunWork(const Store::Work& work, SqlTransaction& transaction, Finish finish) {
  try {
    absl::Status status = work(transaction);
    if (!status.ok()) return status;
    if (transaction.error()) {
      return absl::InternalError(std::string{"went on after a failed statement: "} + transaction.error()->what());
    }
    finish();
    return status;
  } catch (const StoreError& error) {
    transaction.Fail(error);
    return ToStatus(*transaction.error());
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

}  // namespace

void WorkGroup::Run(WorkPiece piece) {
  pending_.push_back(std::move(piece));
  RunPending();
}

void WorkGroup::Commit() {
  const DeadlineScope scope{NoLaterThanStatements(steady_clock::time_point::max())};
  while (!AddEvents() || !CommitOnce()) {
    BeginAgain();
    RunPending();
  }
  open_ = false;
  FaultPoint("store.after_commit");
}

void WorkGroup::Lose(const StoreError& error) {
  connection_.Rollback();
  for (WorkPiece& piece : pending_) outcomes_.push_back({std::move(piece), {}, false, {}});
  pending_.clear();
  for (WorkOutcome& outcome : outcomes_) {
    if (outcome.result.ok()) outcome.result = ToStatus(error);
  }
}

void WorkGroup::RunPending() {
  while (!pending_.empty() && again_.empty()) RunFirst();
  if (again_.empty()) return;
  std::move(pending_.begin(), pending_.end(), std::back_inserter(again_));
  pending_.clear();
}

void WorkGroup::RunFirst() {
  const WorkPiece& piece = pending_.front();
  const auto deadline = piece.deadline;
  if (steady_clock::now() >= deadline) {
    return Refuse(absl::DeadlineExceededError("waited too long for the store"));
  }
  const DeadlineScope scope{NoLaterThanStatements(deadline)};
  if (hopeful_ && piece.tries == 0) {
    switch (Try()) {
      case Attempt::kDone: return;
      case Attempt::kUndone: break;
      case Attempt::kSpoilt: return BeginAgain();
    }
  }
  Settle() ? RunWithCare() : BeginAgain();
}

WorkGroup::Attempt WorkGroup::Try() {
  WorkPiece& piece = pending_.front();
  EnterWithoutMark();
  SqlTransaction transaction{*connection_, outbox_, clock_.Now(), connection_.remote()};
  absl::Status result = RunWork(piece.work, transaction, [&] { transaction.FinishLater(); });
  ThrowIfLost(transaction);
  if (result.ok()) {
    std::move(transaction.leaving().begin(), transaction.leaving().end(), std::back_inserter(leaving_));
    Keep(transaction);
    return Attempt::kDone;
  }
  const bool undone = !transaction.error() && connection_->DropPiece();
  if (!undone && inside_ > 0) return Attempt::kSpoilt;
  if (!undone) Undo();
  if (LostRace(transaction)) {
    RunLater();
  } else if (transaction.Hopeful()) {
    return Attempt::kUndone;
  } else {
    Refuse(std::move(result));
  }
  return Attempt::kDone;
}

void WorkGroup::RunWithCare() {
  WorkPiece& piece = pending_.front();
  EnterWithMark();
  SqlTransaction transaction{*connection_, outbox_, clock_.Now(), false};
  absl::Status result = RunWork(piece.work, transaction, [&] { transaction.Finish(transaction.leaving()); });
  ThrowIfLost(transaction);
  if (result.ok()) return Keep(transaction);
  Leave();
  if (LostRace(transaction)) return RunLater();
  Refuse(std::move(result));
}

void WorkGroup::BeginAgain() {
  Undo();
  hopeful_ = false;
  inside_ = 0;
  leaving_.clear();
  std::vector<WorkOutcome> outcomes = std::exchange(outcomes_, {});
  for (auto outcome = outcomes.rbegin(); outcome != outcomes.rend(); ++outcome) {
    pending_.push_front(std::move(outcome->piece));
  }
}

bool WorkGroup::CommitOnce() {
  FaultPoint("store.before_commit");
  return !open_ || connection_->CommitWaiting();
}

bool WorkGroup::Settle() {
  return AddEvents() && Succeeds([this] { connection_->Flush(); });
}

bool WorkGroup::AddEvents() {
  return Succeeds([this] {
    if (leaving_.empty()) return;
    SqlTransaction end{*connection_, outbox_, clock_.Now(), false};
    outbox_.Add(end, std::exchange(leaving_, {}));
    if (outcomes_.empty()) return;  // A sabotaged store has told them already.
    for (auto& action : end.TakeActions()) outcomes_.back().actions.push_back(std::move(action));
  });
}

template <typename Step>
bool WorkGroup::Succeeds(Step step) {
  if (!open_ || !hopeful_) return true;
  try {
    step();
    return true;
  } catch (const StoreError& error) {
    if (error.kind() == StoreError::Kind::kUnavailable) throw;
  } catch (const std::exception&) {
  }
  return false;
}

bool WorkGroup::BeginIfFirst() {
  if (!open_) connection_.Begin({Left(), std::min(Left(), About(kLockWait))});
  open_ = true;
  return inside_ == 0;
}

void WorkGroup::EnterWithoutMark() {
  if (BeginIfFirst()) return connection_->BeginPiece();
  connection_->BeginPiece(SqlConnection::Limits{Left(), kCrowdedLockWait});
}

void WorkGroup::EnterWithMark() {
  if (!BeginIfFirst()) connection_->Mark(SqlConnection::Limits{Left(), kCrowdedLockWait});
}

milliseconds WorkGroup::Left() {
  return std::chrono::ceil<milliseconds>(DeadlineScope::Current() - steady_clock::now());
}

void WorkGroup::Leave() { inside_ > 0 ? connection_->RollbackToMark() : Undo(); }

void WorkGroup::Undo() {
  connection_.Rollback();
  open_ = false;
}

void WorkGroup::Keep(SqlTransaction& transaction) {
  ++inside_;
  outcomes_.push_back({TakeFirst(), {}, !transaction.leaving().empty(), transaction.TakeActions()});
}

void WorkGroup::Refuse(absl::Status status) { outcomes_.push_back({TakeFirst(), std::move(status), false, {}}); }

void WorkGroup::RunLater() {
  again_.push_back(TakeFirst());
  ++again_.back().tries;
}

WorkPiece WorkGroup::TakeFirst() {
  WorkPiece piece = std::move(pending_.front());
  pending_.pop_front();
  return piece;
}

bool WorkGroup::LostRace(const SqlTransaction& transaction) const {
  const WorkPiece& piece = pending_.front();
  return transaction.error() && transaction.error()->kind() == StoreError::Kind::kConflict &&
         piece.tries + 1 < kMaxTries && steady_clock::now() < piece.deadline;
}

}  // namespace hotline::platform
