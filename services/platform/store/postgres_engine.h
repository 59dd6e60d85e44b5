#pragma once

#include <string>

#include "platform/store/sql_engine.h"
#include "platform/store/statement_watch.h"

namespace hotline::platform {

/// One schema of a PostgreSQL database. Text columns collate by bytes whatever the database's own collation is, so that
/// order is the same on both engines, and no upgrade of the system's collations can spoil an index.
class PostgresEngine final : public SqlEngine {
 public:
  /// `where`: "host=… dbname=… user=…" or "postgresql://…". Throws StoreError when it is neither.
  PostgresEngine(const std::string& where, std::string schema);

  /// A connection makes the schema when it migrates; the others find it.
  [[nodiscard]] std::unique_ptr<soci::session> Connect(Access access) const override;
  [[nodiscard]] std::string_view begin(Access access) const override;
  void Prepare(soci::session& session, soci::statement& statement, std::string_view sql) const override;
  [[nodiscard]] std::size_t ParametersOf(soci::statement& statement) const override;
  [[nodiscard]] StatementAnswer Run(soci::session& session, std::span<const BoundStatement> statements,
                                    std::size_t& ran) const override;
  void RunScript(soci::session& session, const std::string& sql) const override;
  [[nodiscard]] std::string_view limits() const override;
  void LockForMigration(soci::session& session) const override;
  [[nodiscard]] std::string_view longest_open() const override;
  [[nodiscard]] bool remote() const override { return true; }
  [[nodiscard]] StoreError Translate(soci::session& session, const soci::soci_error& error) const override;

  /// Where it connects to, as libpq takes it: holds the password.
  [[nodiscard]] const std::string& connection() const { return connection_; }
  [[nodiscard]] const std::string& schema() const { return schema_; }

 private:
  void Exec(soci::session& session, const std::string& sql) const;
  [[nodiscard]] StatementWatch::Guard Watched(soci::session& session) const;

  const std::string schema_;
  const std::string connection_;
  mutable StatementWatch watch_;
};

}  // namespace hotline::platform
