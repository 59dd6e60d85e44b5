#include "platform/store/sqlite_engine.h"

#include <utility>

#include <absl/strings/str_replace.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace hotline::platform {
namespace {

sqlite_api::sqlite3* Handle(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

Value ReadColumn(sqlite_api::sqlite3_stmt* statement, int column) {
  switch (sqlite_api::sqlite3_column_type(statement, column)) {
    case SQLITE_NULL: return nullptr;
    case SQLITE_INTEGER: return std::int64_t{sqlite_api::sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT: return sqlite_api::sqlite3_column_double(statement, column);
    default: break;
  }
  const auto* text = reinterpret_cast<const char*>(sqlite_api::sqlite3_column_text(statement, column));
  return std::string(text, static_cast<std::size_t>(sqlite_api::sqlite3_column_bytes(statement, column)));
}

/// Takes the place of soci::row, which asks for the declared type of a column: an expression has none and would be
/// read as text. SQLite knows the type of each value.
class RowReader final : public soci::details::into_type_base {
 public:
  RowReader(sqlite_api::sqlite3_stmt* statement, std::vector<Row>& rows) : statement_{statement}, rows_{rows} {}

  void define(soci::details::statement_impl&, int&) override {}
  void pre_exec(int) override {}
  void pre_fetch() override {}
  void clean_up() override {}
  [[nodiscard]] std::size_t size() const override { return 1; }

  void post_fetch(bool got_data, bool) override {
    if (!got_data) return;
    const int columns = sqlite_api::sqlite3_column_count(statement_);
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) values.push_back(ReadColumn(statement_, i));
    rows_.emplace_back(std::move(values));
  }

 private:
  sqlite_api::sqlite3_stmt* statement_;
  std::vector<Row>& rows_;
};

StoreError::Kind KindOf(int result) {
  switch (result & 0xff) {
    case SQLITE_CONSTRAINT:
      return result == SQLITE_CONSTRAINT_UNIQUE || result == SQLITE_CONSTRAINT_PRIMARYKEY
                 ? StoreError::Kind::kUnique
                 : StoreError::Kind::kConstraint;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return StoreError::Kind::kConflict;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_NOMEM:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return StoreError::Kind::kUnavailable;
    default: return StoreError::Kind::kStatement;
  }
}

}  // namespace

std::unique_ptr<soci::session> SqliteEngine::Connect(Access access) const {
  try {
    // Quoted, because SOCI ends a value at a space.
    auto session = std::make_unique<soci::session>(soci::sqlite3, "dbname=\"" + file_.string() + "\" timeout=10");
    sqlite_api::sqlite3_extended_result_codes(Handle(*session), 1);
    RunScript(*session,
              "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
              "PRAGMA journal_size_limit=67108864;");
    if (access == Access::kReadOnly) RunScript(*session, "PRAGMA query_only=ON");
    return session;
  } catch (const soci::soci_error& error) {
    throw StoreError{StoreError::Kind::kUnavailable, file_.string() + ": " + error.get_error_message()};
  }
}

std::string_view SqliteEngine::begin(Access access) const {
  return access == Access::kReadOnly ? "BEGIN" : "BEGIN IMMEDIATE";
}

void SqliteEngine::Prepare(soci::session&, soci::statement& statement, std::string_view sql) const {
  statement.prepare(std::string{sql});
}

std::vector<Row> SqliteEngine::Run(soci::session&, soci::statement& statement, std::size_t parameters) const {
  auto* const handle = static_cast<soci::sqlite3_statement_backend*>(statement.get_backend())->stmt_;
  if (sqlite_api::sqlite3_bind_parameter_count(handle) != static_cast<int>(parameters)) {
    throw StoreError{StoreError::Kind::kStatement, "the statement has another number of parameters"};
  }
  std::vector<Row> rows;
  statement.exchange(soci::details::into_type_ptr{new RowReader{handle, rows}});
  statement.define_and_bind();
  for (bool got = statement.execute(true); got; got = statement.fetch()) {
  }
  return rows;
}

void SqliteEngine::RunScript(soci::session& session, const std::string& sql) const {
  const std::string own =
      absl::StrReplaceAll(sql, {{"BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "INTEGER PRIMARY KEY"}});
  char* message = nullptr;
  const int result = sqlite_api::sqlite3_exec(Handle(session), own.c_str(), nullptr, nullptr, &message);
  if (result == SQLITE_OK) return;
  const std::string text = message == nullptr ? "SQLite error" : message;
  sqlite_api::sqlite3_free(message);
  throw soci::sqlite3_soci_error{text, result};
}

StoreError SqliteEngine::Translate(soci::session&, const soci::soci_error& error) const {
  const auto* own = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  // Without the context that SOCI adds: it holds the parameters' values.
  return {own == nullptr ? StoreError::Kind::kStatement : KindOf(own->result()), error.get_error_message()};
}

}  // namespace hotline::platform
