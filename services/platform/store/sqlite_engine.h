#pragma once

#include <filesystem>

#include "platform/store/sql_engine.h"

namespace hotline::platform {

/// One SQLite file: WAL, synchronous=FULL, foreign keys on.
class SqliteEngine final : public SqlEngine {
 public:
  explicit SqliteEngine(std::filesystem::path file) : file_{std::move(file)} {}

  [[nodiscard]] std::unique_ptr<soci::session> Connect(Access access) const override;
  [[nodiscard]] std::string_view begin(Access access) const override;
  void Prepare(soci::session& session, soci::statement& statement, std::string_view sql) const override;
  [[nodiscard]] std::size_t ParametersOf(soci::statement& statement) const override;
  [[nodiscard]] StatementAnswer Run(soci::session& session, std::span<const BoundStatement> statements,
                                    std::size_t& ran) const override;
  void RunScript(soci::session& session, const std::string& sql) const override;
  [[nodiscard]] StoreError Translate(soci::session& session, const soci::soci_error& error) const override;

 private:
  const std::filesystem::path file_;
};

}  // namespace hotline::platform
