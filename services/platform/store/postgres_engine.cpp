#include "platform/store/postgres_engine.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "platform/concurrency/deadline.h"

namespace hotline::platform {
namespace {

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
  Result(PGconn* connection, PGresult* result) : connection_{connection}, result_{result} {}
  ~Result() { PQclear(result_); }
  Result(const Result&) = delete;
  Result& operator=(const Result&) = delete;

  [[nodiscard]] const PGresult* get() const { return result_; }
  [[nodiscard]] ExecStatusType status() const { return PQresultStatus(result_); }
  [[nodiscard]] bool ok() const {
    return status() == PGRES_COMMAND_OK || status() == PGRES_TUPLES_OK || status() == PGRES_EMPTY_QUERY;
  }
  [[nodiscard]] bool empty() const { return PQntuples(result_) == 0; }

  [[nodiscard]] StoreError Error() const {
    const char* state = PQresultErrorField(result_, PG_DIAG_SQLSTATE);
    return {PQstatus(connection_) == CONNECTION_BAD ? StoreError::Kind::kUnavailable
                                                    : KindOf(state == nullptr ? "" : state),
            FirstLine(result_ == nullptr ? PQerrorMessage(connection_) : PQresultErrorMessage(result_))};
  }
  void Check() const {
    if (!ok()) throw Error();
  }

 private:
  PGconn* const connection_;
  PGresult* const result_;
};

[[noreturn]] void Refuse(soci::session& session) {
  const bool lost = PQstatus(Handle(session)) == CONNECTION_BAD;
  throw StoreError{lost ? StoreError::Kind::kUnavailable : StoreError::Kind::kStatement,
                   "there is nothing to commit: the transaction has failed"};
}

StoreError Lost(PGconn* connection) { return {StoreError::Kind::kUnavailable, FirstLine(PQerrorMessage(connection))}; }

/// The parameters of one statement as libpq takes them: text, or a null pointer.
class Parameters {
 public:
  explicit Parameters(std::span<const Value> values) {
    numbers_.reserve(values.size());  // So that no text moves.
    for (const Value& value : values) texts_.push_back(Text(value));
  }
  [[nodiscard]] int count() const { return static_cast<int>(texts_.size()); }
  [[nodiscard]] const char* const* texts() const { return texts_.data(); }

 private:
  const char* Text(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return text->c_str();
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return Kept(absl::StrCat(*integer));
    if (const auto* real = std::get_if<double>(&value)) return Kept(Exact(*real));
    return nullptr;
  }
  const char* Kept(std::string number) { return numbers_.emplace_back(std::move(number)).c_str(); }

  /// The shortest text that reads as the same number.
  static std::string Exact(double real) {
    if (std::isnan(real)) return "NaN";
    std::array<char, 32> text;
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), real);
    return {text.data(), end};
  }

  std::vector<std::string> numbers_;
  std::vector<const char*> texts_;
};

/// Statements that go to the server together. The connection is free for others again when it ends.
class Pipeline {
 public:
  explicit Pipeline(PGconn* connection) : connection_{connection} {
    const bool free = PQpipelineStatus(connection_) == PQ_PIPELINE_OFF;  // Else answers would go to the wrong one.
    if (!free || PQenterPipelineMode(connection_) != 1) throw Lost(connection_);
  }
  ~Pipeline() {
    // What is left of the answers, up to the mark that ends them. Nothing twice in a row: no more will come.
    for (int nothing = 0; open_ && nothing < 2 && PQstatus(connection_) == CONNECTION_OK;) {
      const Result rest{connection_, PQgetResult(connection_)};
      nothing = rest.get() == nullptr ? nothing + 1 : 0;
      open_ = rest.get() == nullptr || rest.status() != PGRES_PIPELINE_SYNC;
    }
    PQexitPipelineMode(connection_);
  }
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  void Send(const std::string& statement, std::span<const Value> values) {
    const Parameters parameters{values};
    if (PQsendQueryPrepared(connection_, statement.c_str(), parameters.count(), parameters.texts(), nullptr, nullptr,
                            0) != 1) {
      throw Lost(connection_);
    }
  }

  void End() {
    if (PQpipelineSync(connection_) != 1) throw Lost(connection_);
    open_ = true;
  }

  /// The answer to the next statement. Throws the error of a statement that failed.
  std::unique_ptr<Result> Next() {
    auto result = std::make_unique<Result>(connection_, PQgetResult(connection_));
    if (result->get() == nullptr) throw Lost(connection_);
    result->Check();
    PQclear(PQgetResult(connection_));  // Null, which ends each statement's results.
    return result;
  }

 private:
  PGconn* const connection_;
  bool open_ = false;
};

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

StatementAnswer ReadAnswer(const PGresult* result) {
  StatementAnswer answer;
  const int count = PQntuples(result);
  const int columns = PQnfields(result);
  answer.rows.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(columns));
    for (int j = 0; j < columns; ++j) values.push_back(ReadColumn(result, i, j));
    answer.rows.emplace_back(std::move(values));
  }
  answer.changed = Parse<std::int64_t>(PQcmdTuples(const_cast<PGresult*>(result))).value_or(0);
  return answer;
}

soci::postgresql_statement_backend& Backend(soci::statement& statement) {
  return *static_cast<soci::postgresql_statement_backend*>(statement.get_backend());
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
  Result{Handle(session), PQexec(Handle(session), sql.c_str())}.Check();
}

void PostgresEngine::Prepare(soci::session& session, soci::statement& statement, std::string_view sql) const {
  const StatementWatch::Guard guard = Watched(session);
  statement.prepare(absl::StrReplaceAll(
      {sql.data(), sql.size()}, {{"/*FOR UPDATE*/", "FOR UPDATE"}, {"/*SKIP LOCKED*/", "FOR UPDATE SKIP LOCKED"}}));
}

std::size_t PostgresEngine::ParametersOf(soci::statement& statement) const { return Backend(statement).names_.size(); }

StatementAnswer PostgresEngine::Run(soci::session& session, std::span<const BoundStatement> statements,
                                    std::size_t& ran) const {
  // A transaction that failed answers COMMIT with success, and rolls back.
  const bool commit = Backend(*statements.back().statement).query_ == "COMMIT";
  if (commit && PQtransactionStatus(Handle(session)) != PQTRANS_INTRANS) Refuse(session);
  const StatementWatch::Guard guard = Watched(session);
  Pipeline pipeline{Handle(session)};
  for (const BoundStatement& each : statements) pipeline.Send(Backend(*each.statement).statementName_, each.parameters);
  pipeline.End();
  std::unique_ptr<Result> last;
  for (; ran < statements.size(); ++ran) last = pipeline.Next();
  if (commit && std::string_view{PQcmdStatus(const_cast<PGresult*>(last->get()))} != "COMMIT") Refuse(session);
  return ReadAnswer(last->get());
}

void PostgresEngine::RunScript(soci::session& session, const std::string& sql) const {
  Exec(session, absl::StrReplaceAll(sql, {{" TEXT", " TEXT COLLATE \"C\""}}));
}

std::string_view PostgresEngine::limits() const {
  return "SELECT set_config('statement_timeout', :1, true), set_config('lock_timeout', :2, true)";
}

void PostgresEngine::LockForMigration(soci::session& session) const {
  const std::string name = Quoted("hotline schema " + schema_);
  Exec(session, "SELECT pg_advisory_lock(hashtext(current_database()), hashtext(" + name + "))");
  const std::string look = "SELECT 1 FROM pg_namespace WHERE nspname = " + Quoted(schema_);
  const Result found{Handle(session), PQexec(Handle(session), look.c_str())};
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
