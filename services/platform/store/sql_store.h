#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "platform/store/answers.h"
#include "platform/store/outbox.h"
#include "platform/store/pieces.h"
#include "platform/store/reader_pool.h"
#include "platform/store/sql_engine.h"
#include "platform/store/store.h"
#include "platform/store/writer_connection.h"

namespace hotline::platform {

class Clock;
class Sealer;

/// What a store is opened with; the references must outlive it.
struct StoreOptions {
  std::string source;  ///< The producer of its events: "hotline/intake".
  const Sealer& sealer;
  const Clock& clock;
  std::size_t queue_capacity = 4096;  ///< Pieces of work waiting for a writer; more are refused.
  std::size_t readers = 4;            ///< Connections for Read(); further reads wait for one.
  std::size_t writers = 1;            ///< Connections that write; one where the database has room for one.
  bool migrate = true;                ///< False: schemas are only checked, and may be newer.
};

/// A Store on either engine: writer threads with a connection and group commit each, a few connections that read.
///
/// Every writer puts what waits into one transaction, and hopes that all of it succeeds: pieces run straight in it, one
/// after the other, and what they write without waiting for an answer gathers. Where one fails half way the whole is
/// undone and each piece runs again, the first straight, each later one under a savepoint. While a group holds the
/// locks of earlier pieces it hardly waits for other locks: a piece that does not get one goes first in the writer's
/// next group, after a rest that grows each time. So no two groups stand in each other's way for long, whatever order
/// they lock in. Work of one key goes to one writer. A connection that was lost is made anew by the next piece or read;
/// what a lost COMMIT would have answered is UNAVAILABLE, for it may stand or not.
///
/// Opening it brings the platform's own tables up to date; construction throws StoreError. The destructor finishes
/// what is queued.
class SqlStore final : public Store {
 public:
  SqlStore(std::unique_ptr<const SqlEngine> engine, StoreOptions options);
  ~SqlStore() override;

  absl::Status MigrateTo(std::span<const Migration> migrations, std::int64_t id) override;
  void Submit(Work work, std::chrono::steady_clock::time_point deadline, Done done) override;
  void SubmitInOrder(std::string_view key, Work work, std::chrono::steady_clock::time_point deadline,
                     Done done) override;
  absl::Status Read(const std::function<absl::Status(Session&)>& work) override { return readers_.Read(work); }
  void OnPublished(std::function<void()> listener) override;

 private:
  struct Writer {
    Writer(const SqlEngine& engine, std::string source) : connection{engine, std::move(source)} {}

    WriterConnection connection;                      // Of its thread.
    std::chrono::steady_clock::time_point told_at{};  // That something failed.
    std::deque<WorkPiece> own;                        // What must run in order; guarded by queue_mutex_.
    std::condition_variable wanted;
    bool idle = false;  // Guarded by queue_mutex_.
    std::thread thread;
  };

  absl::Status Migrate(std::string_view part, std::span<const Migration> migrations, std::int64_t id);
  /// To this writer, or to whoever is free (nullptr); one that is refused is answered here.
  void Hand(Writer* writer, WorkPiece piece);
  /// Takes the piece, or refuses it and leaves it as it was.
  absl::Status Enqueue(Writer* writer, WorkPiece& piece);
  void WriteLoop(Writer& writer);
  /// Pieces in the next group.
  std::size_t MostOfGroup();
  /// One commit: the pieces that wait, and those that come while they run, within limits.
  void WriteGroup(Writer& writer);
  void WakeRelay(const std::vector<WorkOutcome>& outcomes);
  std::optional<WorkPiece> Take(Writer& writer);
  void PutBack(Writer& writer, std::deque<WorkPiece>& pieces);

  const std::unique_ptr<const SqlEngine> engine_;
  const StoreOptions options_;
  const Outbox outbox_;

  std::mutex migration_mutex_;

  std::mutex queue_mutex_;
  std::deque<WorkPiece> queue_;  // What any writer may take.
  std::size_t waiting_ = 0;      // In all queues.
  bool stopping_ = false;

  ReaderPool readers_;

  std::mutex listener_mutex_;  // Held while the listener runs.
  std::function<void()> listener_;

  std::optional<Answers> answers_{std::in_place};

  std::vector<std::unique_ptr<Writer>> writers_;  // Last: their threads use every field above.
};

}  // namespace hotline::platform
