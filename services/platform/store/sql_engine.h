#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/store/store.h"

namespace soci {
class session;
class soci_error;
class statement;
}  // namespace soci

namespace hotline::platform {

enum class Access { kReadOnly, kReadWrite, kMigration };

/// A prepared statement and its parameters, which outlive the run.
struct BoundStatement {
  soci::statement* statement;
  std::span<const Value> parameters;
};

/// What a statement answered: its rows, each value in the type the database gave it, and how many rows it changed.
struct StatementAnswer {
  std::vector<Row> rows;
  std::int64_t changed = 0;
};

/// What differs between the two databases behind SOCI; everything else is shared. SOCI connects, prepares and tells
/// errors apart; statements run through each engine's own client, because SOCI asks for the declared type of a column
/// (an expression has none), knows too few types of PostgreSQL, and cannot send several statements at once.
/// Immutable, thread-safe.
class SqlEngine {
 public:
  virtual ~SqlEngine() = default;

  /// A new connection with its settings made. Throws StoreError.
  [[nodiscard]] virtual std::unique_ptr<soci::session> Connect(Access access) const = 0;

  /// "BEGIN IMMEDIATE" where a plain BEGIN would lose the race for the write lock half way.
  [[nodiscard]] virtual std::string_view begin(Access access) const = 0;

  /// How many parameters a prepared statement takes.
  [[nodiscard]] virtual std::size_t ParametersOf(soci::statement& statement) const = 0;

  /// Runs statements one after the other, on the way to the server and back once, and gives the answer of the last.
  /// When one fails, those behind it do not run: throws its StoreError. `ran`: how many succeeded. What
  /// changes data runs inside BEGIN and COMMIT: without them PostgreSQL answers before it commits.
  [[nodiscard]] virtual StatementAnswer Run(soci::session& session, std::span<const BoundStatement> statements,
                                            std::size_t& ran) const = 0;

  /// Runs several statements at once: a migration.
  virtual void RunScript(soci::session& session, const std::string& sql) const = 0;

  /// Prepares the common text of a statement (see Session) as the engine's own.
  virtual void Prepare(soci::session& session, soci::statement& statement, std::string_view sql) const = 0;

  /// A statement that bounds the rest of a transaction: how long one may run (:1), and wait for a lock (:2), in
  /// milliseconds as text. "" where nothing waits.
  [[nodiscard]] virtual std::string_view limits() const { return {}; }

  /// Held from here on by this connection, which migrates; waits for another process that does.
  virtual void LockForMigration(soci::session& /*session*/) const {}

  /// See Session::LongestOpen(); "" where it is always 0.
  [[nodiscard]] virtual std::string_view longest_open() const { return {}; }

  /// Whether a connection can be lost, and another be had; and whether statements cost a way there and back, so that
  /// several go together.
  [[nodiscard]] virtual bool remote() const { return false; }

  /// Which kind of error this is.
  [[nodiscard]] virtual StoreError Translate(soci::session& session, const soci::soci_error& error) const = 0;
};

}  // namespace hotline::platform
