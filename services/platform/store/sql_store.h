#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "platform/store/outbox.h"
#include "platform/store/sql_connection.h"
#include "platform/store/store.h"

namespace hotline::platform {

class Clock;
class Sealer;
class SqlTransaction;

/// What a store is opened with; the references must outlive it.
struct StoreOptions {
  std::string source;  ///< The producer of its events: "hotline/intake".
  const Sealer& sealer;
  const Clock& clock;
  std::size_t queue_capacity = 4096;  ///< Pieces of work waiting for the writer; more are refused.
  std::size_t readers = 4;            ///< Connections for Read(); further reads wait for one.
  bool migrate = true;                ///< False: schemas are only checked, and may be newer.
};

/// A Store on either engine: one writer thread with group commit, a few connections that read.
///
/// Opening it brings the platform's own tables up to date; construction throws StoreError. The destructor finishes
/// what is queued.
class SqlStore final : public Store {
 public:
  SqlStore(std::unique_ptr<const SqlEngine> engine, StoreOptions options);
  ~SqlStore() override;

  absl::Status MigrateTo(std::span<const Migration> migrations, std::int64_t id) override;
  void Submit(Work work, std::chrono::steady_clock::time_point deadline, Done done) override;
  absl::Status Read(const std::function<absl::Status(Session&)>& work) override;
  void OnPublished(std::function<void()> listener) override;

 private:
  struct Piece {
    Work work;
    std::chrono::steady_clock::time_point deadline;
    Done done;
  };
  struct Outcome;  // A piece that ran: its result, and what waits for the commit.

  void WriteLoop();
  /// One commit: the pieces that wait, and those that come while they run, within limits.
  void WriteGroup();
  void RunGroup(std::vector<Outcome>& outcomes);
  /// False when the whole transaction is lost, not just this piece.
  bool RunPiece(Piece piece, std::vector<Outcome>& outcomes);
  absl::Status RunWork(const Work& work, SqlTransaction& transaction);
  void Finish(std::vector<Outcome>& outcomes);
  bool Take(Piece& piece);

  std::unique_ptr<SqlConnection> AcquireReader();
  void ReleaseReader(std::unique_ptr<SqlConnection> reader);

  const std::unique_ptr<const SqlEngine> engine_;
  const StoreOptions options_;
  const Outbox outbox_;

  std::mutex migration_mutex_;

  std::mutex queue_mutex_;
  std::condition_variable queue_changed_;
  std::deque<Piece> queue_;
  bool stopping_ = false;

  std::mutex readers_mutex_;
  std::condition_variable reader_free_;
  std::vector<std::unique_ptr<SqlConnection>> idle_readers_;
  std::size_t open_readers_ = 0;

  std::mutex listener_mutex_;  // Held while the listener runs.
  std::function<void()> listener_;

  std::unique_ptr<SqlConnection> writer_;  // Of the writer's thread.
  std::thread thread_;                     // Last: it uses every field above.
};

}  // namespace hotline::platform
