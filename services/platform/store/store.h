#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <absl/status/status.h>

#include "platform/bus/event.h"
#include "platform/store/store_error.h"

namespace hotline::platform {

/// A parameter or a column. Bytes are kept as base64 text (bytes.h): one type on both engines, no zero byte cut.
using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

/// One result row, by column position.
class Row {
 public:
  explicit Row(std::vector<Value> values) : values_{std::move(values)} {}
  [[nodiscard]] bool IsNull(std::size_t column) const;
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  /// NULL reads as 0, 0.0 or "". A text column that holds a number converts; anything else throws std::logic_error.
  [[nodiscard]] std::int64_t Int(std::size_t column) const;
  [[nodiscard]] double Real(std::size_t column) const;
  [[nodiscard]] std::string Text(std::size_t column) const;
  [[nodiscard]] Time TimeAt(std::size_t column) const { return Time{std::chrono::milliseconds{Int(column)}}; }

 private:
  std::vector<Value> values_;
};

/// Reads. The SQL is the common part of SQLite and PostgreSQL (TEXT, BIGINT, DOUBLE PRECISION; ON CONFLICT; RETURNING);
/// parameters are written :1 :2 … in order, each once, and bound by position. Times are BIGINT milliseconds,
/// booleans BIGINT 0/1. Statements are prepared once per connection. Text sorts by its bytes. Throws StoreError.
///
/// SQLite has one writer; where PostgreSQL has many, a comment in the text says what is meant: SELECT … /*FOR UPDATE*/
/// locks its rows until the commit, SELECT … /*SKIP LOCKED*/ leaves out those that another transaction holds.
class Session {
 public:
  virtual ~Session() = default;
  virtual std::vector<Row> Query(std::string_view sql, std::span<const Value> parameters) = 0;
  std::vector<Row> Query(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return Query(sql, std::span<const Value>{parameters.begin(), parameters.size()});
  }

  /// How long the oldest transaction has been open that this session does not see and that may still commit; 0 when
  /// there is none. A row number that is missing while this lasts may yet appear.
  virtual std::chrono::milliseconds LongestOpen() { return std::chrono::milliseconds{0}; }
};

/// One open transaction. Lives inside the work it is passed to, on that thread.
class Transaction : public Session {
 public:
  /// Returns the number of rows changed. Throws StoreError.
  virtual std::int64_t Execute(std::string_view sql, std::span<const Value> parameters) = 0;
  std::int64_t Execute(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return Execute(sql, std::span<const Value>{parameters.begin(), parameters.size()});
  }

  /// A change whose answer nobody waits for: several go to the server together, also those of several pieces of work,
  /// before a statement that could see them, at the latest with the commit. What fails there fails the work, also one
  /// that has returned OK: it tells nobody of its success but by OnWritten() and OnCommit().
  virtual void Write(std::string_view sql, std::span<const Value> parameters) = 0;
  void Write(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    Write(sql, std::span<const Value>{parameters.begin(), parameters.size()});
  }

  /// True where asking costs a way to a server and this work runs for the first time: it may take for granted what is
  /// nearly always so, if what it writes fails where it was not: a key that is taken. What fails runs again, and is
  /// then told false.
  [[nodiscard]] virtual bool Hopeful() const { return false; }

  /// Leaves with the commit, through the outbox. Give type, key, time and payload (open: it is sealed here);
  /// id, source and sequence are filled in. The relay sends what a crash left behind.
  virtual void Publish(std::string_view topic, Event event) = 0;

  /// Runs once all that the work changed has been done, before any other work of this group begins; the commit is still
  /// to come. Not at all when something failed; again when the work runs again.
  virtual void OnWritten(std::function<void()> action) = 0;

  /// Runs after the commit, on a thread of the store, in order; not at all after a rollback. Must not block.
  virtual void OnCommit(std::function<void()> action) = 0;
};

/// A step of a service's schema. Ids are 1, 2, 3 … Each side may hold several statements. A row number that the
/// database gives is `BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY` (SQLite's own form is put in its place).
struct Migration {
  std::int64_t id;
  std::string_view name;
  std::string_view up;
  std::string_view down;
};

/// The other processes that use the same database: replicas of the service. Thread-safe.
class StoreSiblings {
 public:
  virtual ~StoreSiblings() = default;
  /// Tells them, soon and without waiting, that there is something new in the outbox.
  virtual void Wake() = 0;
  /// `listener` runs on a thread of the store when one of them said so, and when it may have been missed. One at a
  /// time; nullptr removes it, and waits for it when it is running. Must not block.
  virtual void OnWoken(std::function<void()> listener) = 0;
};

/// A service's own database: PostgreSQL, or SQLite in one process. Thread-safe.
///
/// Concurrent work shares commits (group commit), each piece apart from the others, so work must be short and must not
/// wait for other work. A piece that fails rolls back alone. A piece may run again, from its beginning, because it lost
/// a race with another transaction or shared one with a piece that failed: it must not count on having run once.
class Store {
 public:
  using Work = std::function<absl::Status(Transaction&)>;
  using Done = std::function<void(absl::Status)>;

  virtual ~Store() = default;

  /// Brings the schema up to the last migration. FAILED_PRECONDITION when the database is newer than this binary.
  absl::Status Migrate(std::span<const Migration> migrations) {
    return MigrateTo(migrations, migrations.empty() ? 0 : migrations.back().id);
  }

  /// Brings the schema up or down to migration `id` (0: before the first). Each step is a transaction.
  virtual absl::Status MigrateTo(std::span<const Migration> migrations, std::int64_t id) = 0;

  /// Queues `work`; `done` runs after the commit (OK: durable) or the rollback, on a thread of the store, and must
  /// not block. RESOURCE_EXHAUSTED (reason STORE_QUEUE_FULL) at once, on the caller's thread, when the queue is full;
  /// DEADLINE_EXCEEDED when `deadline` passed unstarted.
  /// UNAVAILABLE: the database is away; ABORTED: lost a race, safe to repeat. An exception in `work` is INTERNAL.
  virtual void Submit(Work work, std::chrono::steady_clock::time_point deadline, Done done) = 0;

  /// The same, in the order given among all work of one `key` in this process; Submit() promises none.
  virtual void SubmitInOrder(std::string_view /*key*/, Work work, std::chrono::steady_clock::time_point deadline,
                             Done done) {
    Submit(std::move(work), deadline, std::move(done));
  }

  /// Submit() and wait. Never from a gRPC callback thread, never from inside other work.
  absl::Status InTransaction(Work work);

  /// A consistent read on a connection of its own; sees everything committed before the call. May block.
  virtual absl::Status Read(const std::function<absl::Status(Session&)>& work) = 0;

  /// `listener` runs on a thread of the store after every commit of this process that published: the relay's wake-up.
  /// One at a time;
  /// nullptr removes it, and waits for it when it is running.
  virtual void OnPublished(std::function<void()> listener) = 0;

  /// Null where no other process can use this database.
  virtual StoreSiblings* siblings() { return nullptr; }
};

}  // namespace hotline::platform
