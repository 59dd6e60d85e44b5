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
/// booleans BIGINT 0/1. Statements are prepared once per connection. Throws StoreError.
class Session {
 public:
  virtual ~Session() = default;
  virtual std::vector<Row> Query(std::string_view sql, std::span<const Value> parameters) = 0;
  std::vector<Row> Query(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return Query(sql, std::span<const Value>{parameters.begin(), parameters.size()});
  }
};

/// One open transaction. Lives inside the work it is passed to, on that thread.
class Transaction : public Session {
 public:
  /// Returns the number of rows changed. Throws StoreError.
  virtual std::int64_t Execute(std::string_view sql, std::span<const Value> parameters) = 0;
  std::int64_t Execute(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return Execute(sql, std::span<const Value>{parameters.begin(), parameters.size()});
  }

  /// Leaves with the commit, through the outbox. Give type, key, time and payload (open: it is sealed here);
  /// id, source and sequence are filled in. The relay sends what a crash left behind.
  virtual void Publish(std::string_view topic, Event event) = 0;

  /// Runs after the commit, on the store's thread, in order; not at all after a rollback. Must not block.
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

/// A service's own database: PostgreSQL, or SQLite in one process. Thread-safe.
///
/// Concurrent work shares one commit (group commit), each piece under a savepoint of its own, so work must be short
/// and must not wait for other work. A piece that fails rolls back alone.
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

  /// Submit() and wait. Never from a gRPC callback thread, never from inside other work.
  absl::Status InTransaction(Work work);

  /// A consistent read on a connection of its own; sees everything committed before the call. May block.
  virtual absl::Status Read(const std::function<absl::Status(Session&)>& work) = 0;

  /// `listener` runs on the store's thread after every commit that published: the relay's wake-up. One at a time;
  /// nullptr removes it, and waits for it when it is running.
  virtual void OnPublished(std::function<void()> listener) = 0;
};

}  // namespace hotline::platform
