#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "platform/store/outbox.h"
#include "platform/store/pieces.h"
#include "platform/store/sql_transaction.h"
#include "platform/store/store_error.h"
#include "platform/store/writer_connection.h"

namespace hotline::platform {

class Clock;

/// A transaction of one writer, and the pieces of work in it: they run straight, one after the other, and what they
/// write without waiting for an answer gathers. Where one fails half way the whole is undone and each runs again, the
/// first straight, each later one under a savepoint. A piece that lost a race ends the group. Of one thread.
class WorkGroup {
 public:
  /// All must outlive it.
  WorkGroup(WriterConnection& connection, const Outbox& outbox, const Clock& clock)
      : connection_{connection}, outbox_{outbox}, clock_{clock} {}

  /// Throws StoreError when the whole transaction is lost, with every piece in it.
  void Run(WorkPiece piece);
  /// The same.
  void Commit();
  /// Nothing of it stands, as far as anyone knows.
  void Lose(const StoreError& error);

  [[nodiscard]] std::vector<WorkOutcome>& outcomes() { return outcomes_; }
  /// A piece that lost a race, and those that came after it: they run again, after this group.
  [[nodiscard]] std::deque<WorkPiece>& again() { return again_; }

 private:
  /// What became of a piece that ran without a mark.
  enum class Attempt {
    kDone,    ///< Its outcome is known, or hangs on the commit alone.
    kUndone,  ///< It failed, and nothing of it is in the transaction.
    kSpoilt,  ///< It failed, and the transaction with it.
  };

  void RunPending();
  void RunFirst();
  Attempt Try();
  /// Straight where it is the first, else under a mark: if it fails it is undone alone.
  void RunWithCare();
  /// The transaction is undone, and its pieces run again, each with care: which of them failed is not known.
  void BeginAgain();

  /// False when something that waited failed, so that nothing has been committed.
  bool CommitOnce();
  /// What the pieces without marks left behind goes to the database. False when something of it failed.
  bool Settle();
  bool AddEvents();
  /// Of what concerns pieces without marks: whose it is when it fails shows when they run again.
  template <typename Step>
  bool Succeeds(Step step);

  /// False where the transaction was open before, with other pieces in it.
  bool BeginIfFirst();
  void EnterWithoutMark();
  void EnterWithMark();
  /// What the piece may still take.
  static std::chrono::milliseconds Left();
  /// Undoes the last piece, which ran with care.
  void Leave();
  void Undo();

  void Keep(SqlTransaction& transaction);
  void Refuse(absl::Status status);
  void RunLater();
  WorkPiece TakeFirst();
  [[nodiscard]] bool LostRace(const SqlTransaction& transaction) const;

  WriterConnection& connection_;
  const Outbox& outbox_;
  const Clock& clock_;
  std::deque<WorkPiece> pending_;  // Taken, and without an outcome.
  std::vector<WorkOutcome> outcomes_;
  std::deque<WorkPiece> again_;
  std::vector<LeavingEvent> leaving_;  // Of pieces without a mark, which are in the transaction.
  std::size_t inside_ = 0;             // Pieces whose effects the commit makes stand.
  bool open_ = false;
  bool hopeful_ = true;  // No piece has spoilt the transaction for the others.
};

}  // namespace hotline::platform
