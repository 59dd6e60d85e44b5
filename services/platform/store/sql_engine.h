#pragma once

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

enum class Access { kReadOnly, kReadWrite };

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

  /// Which kind of error this is.
  [[nodiscard]] virtual StoreError Translate(soci::session& session, const soci::soci_error& error) const = 0;
};

}  // namespace hotline::platform
