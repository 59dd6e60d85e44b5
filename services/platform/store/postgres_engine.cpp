#include "platform/store/postgres_engine.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "platform/concurrency/deadline.h"

namespace hotline::platform {
namespace {

using std::chrono::milliseconds;

// Types of columns (pg_type.dat), the same in every release.
constexpr Oid kBool = 16;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kFloat4 = 700;
constexpr Oid kFloat8 = 701;
constexpr Oid kNumeric = 1700;

/// What a connection is opened with where its string says nothing else: a server that is away is noticed soon.
const std::map<std::string, std::string>& Defaults() {
  static const std::map<std::string, std::string> defaults{
      {"connect_timeout", "5"},     {"tcp_user_timeout", "15000"}, {"keepalives_idle", "10"},
      {"keepalives_interval", "5"}, {"keepalives_count", "3"},     {"target_session_attrs", "read-write"}};
  return defaults;
}

/// For statements outside of pieces of work and reads; those have their own limits.
constexpr std::string_view kSessionLimits =
    "SET statement_timeout = '30s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'; ";
constexpr std::string_view kNoLimits =
    "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0; ";
// OK means durable (design.md §5.1), whatever the server's configuration thinks of it.
constexpr std::string_view kDurable =
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'; ";
// Plans of statements this short cost less than compiling them.
constexpr std::string_view kQuick = "SET jit = off; SET default_transaction_isolation = 'read committed'; ";

// A server that keeps its time limits answers within this of its deadline; one that hangs does not.
constexpr std::chrono::seconds kGrace{2};
constexpr std::chrono::hours kForEver{24 * 365};

void Ignore(void*, const char*) {}

PGconn* Handle(soci::session& session) {
  return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

std::string Quoted(std::string_view value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

/// A string or URL as libpq's key = value form, with what it leaves out.
std::string Completed(const std::string& where, const std::string& schema) {
  char* message = nullptr;
  PQconninfoOption* const options = PQconninfoParse(where.c_str(), &message);
  if (options == nullptr) {
    PQfreemem(message);  // It quotes the string, which may hold a password.
    throw StoreError{StoreError::Kind::kUnavailable, "setting postgres is no connection string of PostgreSQL"};
  }
  std::map<std::string, std::string> values = Defaults();
  values["application_name"] = "hotline/" + schema;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val != nullptr) values[option->keyword] = option->val;
  }
  PQconninfoFree(options);
  values["client_encoding"] = "UTF8";
  std::string completed;
  for (const auto& [key, value] : values)
    absl::StrAppend(&completed, completed.empty() ? "" : " ", key, "=", Quoted(value));
  return completed;
}

std::string Identifier(std::string_view name) {
  return "\"" + absl::StrReplaceAll({name.data(), name.size()}, {{"\"", "\"\""}}) + "\"";
}

/// The kind of an error by its SQLSTATE; no state: the connection broke.
StoreError::Kind KindOf(std::string_view state) {
  const std::string_view kind = state.substr(0, 2);
  if (state == "23505") return StoreError::Kind::kUnique;
  if (kind == "23") return StoreError::Kind::kConstraint;
  if (kind == "40" || state == "55P03") return StoreError::Kind::kConflict;
  if (state == "57014") return StoreError::Kind::kTimeout;
  if (state == "22021" || state == "22P05") return StoreError::Kind::kValue;
  const bool away = kind == "08" || kind == "57" || kind == "53" || kind == "58" || kind == "XX" || kind == "F0" ||
                    kind == "28" || state == "25006" || state == "25P03" || state.find_first_not_of(' ') == state.npos;
  return away ? StoreError::Kind::kUnavailable : StoreError::Kind::kStatement;
}

/// The message's first line: what follows may hold values, which are what callers said.
std::string FirstLine(const char* text) {
  const std::string_view message = text == nullptr ? std::string_view{} : std::string_view{text};
  const std::string_view line = message.substr(0, message.find('\n'));
  return line.empty() ? "the connection to PostgreSQL was lost" : std::string{line};
}

class Result {
 public:
  Result(PGconn* connection, const std::string& sql)
      : connection_{connection}, result_{PQexec(connection, sql.c_str())} {}
  ~Result() { PQclear(result_); }
  Result(const Result&) = delete;
  Result& operator=(const Result&) = delete;

  void Check() const {
    const ExecStatusType status = PQresultStatus(result_);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return;
    const char* state = PQresultErrorField(result_, PG_DIAG_SQLSTATE);
    throw StoreError{PQstatus(connection_) == CONNECTION_BAD ? StoreError::Kind::kUnavailable
                                                             : KindOf(state == nullptr ? "" : state),
                     FirstLine(result_ == nullptr ? PQerrorMessage(connection_) : PQresultErrorMessage(result_))};
  }
  [[nodiscard]] bool empty() const { return PQntuples(result_) == 0; }

 private:
  PGconn* const connection_;
  PGresult* const result_;
};

[[noreturn]] void Refuse(soci::session& session) {
  const bool lost = PQstatus(Handle(session)) == CONNECTION_BAD;
  throw StoreError{lost ? StoreError::Kind::kUnavailable : StoreError::Kind::kStatement,
                   "there is nothing to commit: the transaction has failed"};
}

template <typename Number>
std::optional<Number> Parse(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Value ReadColumn(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) == 1) return nullptr;
  const char* const data = PQgetvalue(result, row, column);
  const std::string_view text{data, static_cast<std::size_t>(PQgetlength(result, row, column))};
  switch (PQftype(result, column)) {
    case kBool: return std::int64_t{text == "t"};
    case kInt2:
    case kInt4:
    case kInt8: return Parse<std::int64_t>(text).value();
    case kNumeric:  // The sum of integers is one.
      if (const auto whole = Parse<std::int64_t>(text)) return *whole;
      [[fallthrough]];
    case kFloat4:
    case kFloat8: return std::strtod(data, nullptr);
    default: return std::string{text};
  }
}

}  // namespace

PostgresEngine::PostgresEngine(const std::string& where, std::string schema)
    : schema_{std::move(schema)}, connection_{Completed(where, schema_)} {}

std::unique_ptr<soci::session> PostgresEngine::Connect(Access access) const {
  std::unique_ptr<soci::session> session;
  try {
    session = std::make_unique<soci::session>(soci::postgresql, connection_);
  } catch (const soci::soci_error& error) {
    throw StoreError{StoreError::Kind::kUnavailable, error.get_error_message()};
  }
  PQsetNoticeProcessor(Handle(*session), Ignore, nullptr);
  PQsetErrorVerbosity(Handle(*session), PQERRORS_TERSE);
  Exec(*session, absl::StrCat("SET search_path TO ", Identifier(schema_), "; ",
                              std::string{access == Access::kMigration ? kNoLimits : kSessionLimits},
                              std::string{kDurable}, std::string{kQuick}));
  return session;
}

std::string_view PostgresEngine::begin(Access access) const {
  return access == Access::kReadOnly ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN";
}

StatementWatch::Guard PostgresEngine::Watched(soci::session& session) const {
  const auto now = std::chrono::steady_clock::now();
  const auto left = DeadlineScope::Current() - now;  // None outside of work and reads: a migration may be long.
  return {watch_, PQsocket(Handle(session)),
          now + kGrace + std::clamp<std::chrono::nanoseconds>(left, std::chrono::nanoseconds{0}, kForEver)};
}

void PostgresEngine::Exec(soci::session& session, const std::string& sql) const {
  const StatementWatch::Guard guard = Watched(session);
  Result{Handle(session), sql}.Check();
}

void PostgresEngine::Prepare(soci::session& session, soci::statement& statement, std::string_view sql) const {
  const StatementWatch::Guard guard = Watched(session);
  statement.prepare(absl::StrReplaceAll(
      {sql.data(), sql.size()}, {{"/*FOR UPDATE*/", "FOR UPDATE"}, {"/*SKIP LOCKED*/", "FOR UPDATE SKIP LOCKED"}}));
}

std::vector<Row> PostgresEngine::Run(soci::session& session, soci::statement& statement, std::size_t parameters) const {
  auto* const backend = static_cast<soci::postgresql_statement_backend*>(statement.get_backend());
  if (backend->names_.size() != parameters) {
    throw StoreError{StoreError::Kind::kStatement, "the statement has another number of parameters"};
  }
  // A transaction that failed answers COMMIT with success, and rolls back.
  const bool commit = backend->query_ == "COMMIT";
  if (commit && PQtransactionStatus(Handle(session)) != PQTRANS_INTRANS) Refuse(session);
  statement.define_and_bind();
  {
    const StatementWatch::Guard guard = Watched(session);
    statement.execute(false);
  }
  // All rows have come with it; SOCI's own way of reading them knows too few types.
  PGresult* const result = backend->result_.get_result();
  if (commit && std::string_view{PQcmdStatus(result)} != "COMMIT") Refuse(session);
  std::vector<Row> rows;
  const int count = PQntuples(result);
  const int columns = PQnfields(result);
  rows.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(columns));
    for (int j = 0; j < columns; ++j) values.push_back(ReadColumn(result, i, j));
    rows.emplace_back(std::move(values));
  }
  return rows;
}

void PostgresEngine::RunScript(soci::session& session, const std::string& sql) const {
  Exec(session, absl::StrReplaceAll(sql, {{" TEXT", " TEXT COLLATE \"C\""}}));
}

std::string PostgresEngine::Limits(milliseconds statement, milliseconds lock) const {
  // 0 would mean for ever.
  return absl::StrCat("SET LOCAL statement_timeout = ", std::max<std::int64_t>(1, statement.count()),
                      "; SET LOCAL lock_timeout = ", std::max<std::int64_t>(1, lock.count()));
}

void PostgresEngine::LockForMigration(soci::session& session) const {
  const std::string name = Quoted("hotline schema " + schema_);
  Exec(session, "SELECT pg_advisory_lock(hashtext(current_database()), hashtext(" + name + "))");
  const Result found{Handle(session), "SELECT 1 FROM pg_namespace WHERE nspname = " + Quoted(schema_)};
  found.Check();
  // Not IF NOT EXISTS: that asks for the right to make one even where there is one.
  if (found.empty()) Exec(session, "CREATE SCHEMA " + Identifier(schema_));
}

std::string_view PostgresEngine::longest_open() const {
  // A transaction that ended since the snapshot was taken may have committed what the snapshot does not show.
  return "SELECT CAST(coalesce(max(CASE WHEN a.pid IS NULL THEN 60000 ELSE "
         "1000 * extract(epoch FROM clock_timestamp() - a.xact_start) END), 0) AS BIGINT) "
         "FROM pg_snapshot_xip(pg_current_snapshot()) AS pending (xid) "
         "LEFT JOIN pg_stat_activity a ON a.backend_xid = CAST(pending.xid AS xid)";
}

StoreError PostgresEngine::Translate(soci::session& session, const soci::soci_error& error) const {
  const auto* own = dynamic_cast<const soci::postgresql_soci_error*>(&error);
  if (PQstatus(Handle(session)) == CONNECTION_BAD) {
    return {StoreError::Kind::kUnavailable, FirstLine(PQerrorMessage(Handle(session)))};
  }
  // Without the context that SOCI adds: it holds the parameters' values.
  const std::string message = error.get_error_message();
  return {own == nullptr ? StoreError::Kind::kStatement : KindOf(own->sqlstate()), FirstLine(message.c_str())};
}

}  // namespace hotline::platform
