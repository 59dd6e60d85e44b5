#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
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

/// What differs between the two databases behind SOCI; everything else is shared. Immutable, thread-safe.
class SqlEngine {
 public:
  virtual ~SqlEngine() = default;

  /// A new connection with its settings made. Throws StoreError.
  [[nodiscard]] virtual std::unique_ptr<soci::session> Connect(Access access) const = 0;

  /// "BEGIN IMMEDIATE" where a plain BEGIN would lose the race for the write lock half way.
  [[nodiscard]] virtual std::string_view begin(Access access) const = 0;

  /// Runs a prepared and bound statement and reads all its rows, each value in the type the database gave it.
  [[nodiscard]] virtual std::vector<Row> Run(soci::statement& statement, std::size_t parameters) const = 0;

  /// Runs several statements at once: a migration.
  virtual void RunScript(soci::session& session, const std::string& sql) const = 0;

  /// What the engine makes of the common text of a statement: see Session.
  [[nodiscard]] virtual std::string Own(std::string_view sql) const { return std::string{sql}; }

  /// Statements that bound the rest of a transaction: how long one may run, and wait for a lock. "" where nothing waits.
  [[nodiscard]] virtual std::string Limits(std::chrono::milliseconds /*statement*/,
                                           std::chrono::milliseconds /*lock*/) const {
    return {};
  }

  /// Held from here on by this connection, which migrates; waits for another process that does.
  virtual void LockForMigration(soci::session& /*session*/) const {}

  /// See Session::LongestOpen(); "" where it is always 0.
  [[nodiscard]] virtual std::string_view longest_open() const { return {}; }

  /// Whether a connection can be lost, and another be had.
  [[nodiscard]] virtual bool remote() const { return false; }

  /// Which kind of error this is.
  [[nodiscard]] virtual StoreError Translate(soci::session& session, const soci::soci_error& error) const = 0;
};

}  // namespace hotline::platform
