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

sqlite_api::sqlite3_stmt* StatementHandle(soci::statement& statement) {
  return static_cast<soci::sqlite3_statement_backend*>(statement.get_backend())->stmt_;
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

void Check(sqlite_api::sqlite3* database, int result) {
  if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) return;
  // The message names tables and columns, no values.
  throw StoreError{KindOf(sqlite_api::sqlite3_extended_errcode(database)), sqlite_api::sqlite3_errmsg(database)};
}

int Bind(sqlite_api::sqlite3_stmt* statement, int position, const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return sqlite_api::sqlite3_bind_int64(statement, position, *integer);
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return sqlite_api::sqlite3_bind_double(statement, position, *real);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {  // No copy: it outlives the run.
    return sqlite_api::sqlite3_bind_text(statement, position, text->data(), static_cast<int>(text->size()), nullptr);
  }
  return sqlite_api::sqlite3_bind_null(statement, position);
}

/// One run of a prepared statement, which is left as it was found.
class Execution {
 public:
  Execution(sqlite_api::sqlite3* database, sqlite_api::sqlite3_stmt* statement)
      : database_{database}, statement_{statement} {}
  ~Execution() {
    sqlite_api::sqlite3_reset(statement_);  // Its result is that of the last step, which was looked at.
    sqlite_api::sqlite3_clear_bindings(statement_);
  }
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  StatementAnswer Run(std::span<const Value> parameters) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      Check(database_, Bind(statement_, static_cast<int>(i) + 1, parameters[i]));
    }
    StatementAnswer answer;
    int result = sqlite_api::sqlite3_step(statement_);
    for (; result == SQLITE_ROW; result = sqlite_api::sqlite3_step(statement_)) answer.rows.push_back(ReadRow());
    Check(database_, result);
    answer.changed = sqlite_api::sqlite3_changes(database_);
    return answer;
  }

 private:
  Row ReadRow() const {
    const int columns = sqlite_api::sqlite3_column_count(statement_);
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) values.push_back(ReadColumn(statement_, i));
    return Row{std::move(values)};
  }

  sqlite_api::sqlite3* const database_;
  sqlite_api::sqlite3_stmt* const statement_;
};

}  // namespace

std::unique_ptr<soci::session> SqliteEngine::Connect(Access access) const {
  try {
    // Quoted, because SOCI ends a value at a space.
    auto session = std::make_unique<soci::session>(soci::sqlite3, "dbname=\"" + file_.string() + "\" timeout=10");
    sqlite_api::sqlite3_extended_result_codes(Handle(*session), 1);
    RunScript(*session,
              // In memory: what undoes a savepoint, which else is a file that every group of work writes.
              "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
              "PRAGMA journal_size_limit=67108864;");
    // 16 MiB of pages: a group of work touches more than the default of 2, and would write them twice.
    if (access == Access::kReadWrite) RunScript(*session, "PRAGMA cache_size=-16384");
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

std::size_t SqliteEngine::ParametersOf(soci::statement& statement) const {
  return static_cast<std::size_t>(sqlite_api::sqlite3_bind_parameter_count(StatementHandle(statement)));
}

StatementAnswer SqliteEngine::Run(soci::session& session, std::span<const BoundStatement> statements,
                                  std::size_t& ran) const {
  StatementAnswer answer;
  for (const BoundStatement& each : statements) {
    answer = Execution{Handle(session), StatementHandle(*each.statement)}.Run(each.parameters);
    ++ran;
  }
  return answer;
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
