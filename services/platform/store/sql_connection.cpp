#include "platform/store/sql_connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include <soci/soci.h>

namespace hotline::platform {
namespace {

/// Statements are constants of the code; filters that are put together make a few more. Beyond this something builds
/// SQL out of values, and memory matters more than speed.
constexpr std::size_t kMaxStatements = 500;

/// More are sent before they are read: the server must be able to answer them all before anyone listens.
constexpr std::size_t kMaxWaiting = 64;

/// Two limits that are no further apart are one: setting them is a statement more for each piece of work.
bool Alike(const SqlConnection::Limits& a, const SqlConnection::Limits& b) {
  return a.lock == b.lock && std::chrono::abs(a.statement - b.statement) < std::chrono::seconds{1} &&
         std::min(a.statement, b.statement) > std::chrono::seconds{2};
}

}  // namespace

SqlConnection::SqlConnection(const SqlEngine& engine, Access access)
    : engine_{engine}, access_{access}, session_{engine.Connect(access)} {}

SqlConnection::~SqlConnection() = default;

void SqlConnection::Write(std::string_view sql, std::span<const Value> parameters) {
  if (!engine_.remote()) {
    Run(sql, parameters);
    return;
  }
  soci::statement& statement = Fitting(sql, parameters);
  waiting_.push_back({&statement, {parameters.begin(), parameters.end()}});
  if (waiting_.size() >= kMaxWaiting) Flush();
}

void SqlConnection::Flush() {
  if (!waiting_.empty()) RunAll({});
}

void SqlConnection::RunScript(const std::string& sql) {
  try {
    engine_.RunScript(*session_, sql);
  } catch (const soci::soci_error& error) {
    Fail(engine_.Translate(*session_, error));
  }
}

void SqlConnection::LockForMigration() {
  try {
    engine_.LockForMigration(*session_);
  } catch (const soci::soci_error& error) {
    Fail(engine_.Translate(*session_, error));
  }
}

void SqlConnection::Fail(const StoreError& error) {
  if (error.kind() == StoreError::Kind::kUnavailable && engine_.remote()) lost_ = true;
  throw error;
}

void SqlConnection::WriteLimits(const std::optional<Limits>& limits) {
  if (!limits || engine_.limits().empty() || (limits_ && Alike(*limits_, *limits))) return;
  limits_ = limits;
  const auto text = [](std::chrono::milliseconds time) {
    return std::to_string(std::max<std::int64_t>(1, time.count()));  // 0 would mean for ever.
  };
  const std::array<Value, 2> both{text(limits->statement), text(limits->lock)};
  Write(engine_.limits(), both);
}

void SqlConnection::Begin(std::optional<Limits> limits) {
  marked_ = false;
  mark_waits_ = 0;
  waiting_.clear();
  limits_.reset();  // Those of a transaction end with it.
  Write(engine_.begin(access_), {});
  WriteLimits(limits);
  Flush();
}

void SqlConnection::Mark(std::optional<Limits> limits) {
  Flush();  // What came before the mark must not be undone with what comes after it.
  for (const char* const text : {"RELEASE SAVEPOINT piece", "SAVEPOINT piece"}) Prepared(text);  // They go together.
  marked_before_ = marked_;
  if (marked_) Write("RELEASE SAVEPOINT piece", {});
  marked_ = true;
  Write("SAVEPOINT piece", {});
  mark_waits_ = waiting_.size();
  WriteLimits(limits);
}

void SqlConnection::RollbackToMark() {
  waiting_.clear();
  limits_.reset();                          // Undone with the rest.
  if (std::exchange(mark_waits_, 0) > 0) {  // Nothing of it ever left: the mark before it still stands.
    marked_ = marked_before_;
    return;
  }
  Execute("ROLLBACK TO SAVEPOINT piece");
}

void SqlConnection::Rollback() noexcept {
  waiting_.clear();
  mark_waits_ = 0;
  if (lost_) return;
  try {
    Execute("ROLLBACK");
  } catch (const std::exception&) {  // Nothing is open any more, which is what was asked for.
  }
}

StatementAnswer SqlConnection::Run(std::string_view sql, std::span<const Value> parameters) {
  const BoundStatement statement{&Fitting(sql, parameters), parameters};
  return RunAll({&statement, 1});
}

StatementAnswer SqlConnection::RunAll(std::span<const BoundStatement> then) {
  // Whatever becomes of them, they are not sent twice.
  const std::vector<Waiting> waiting = std::exchange(waiting_, {});
  const std::size_t mark = std::exchange(mark_waits_, 0);
  std::size_t ran = 0;
  try {
    std::vector<BoundStatement> all;
    all.reserve(waiting.size() + then.size());
    for (const Waiting& each : waiting) all.push_back({each.statement, each.parameters});
    all.insert(all.end(), then.begin(), then.end());
    return engine_.Run(*session_, all, ran);
  } catch (const StoreError& error) {
    // Without its mark a piece cannot be undone by itself: the whole transaction goes.
    if (ran < mark) Fail(StoreError{StoreError::Kind::kUnavailable, error.what()});
    Fail(error);
  } catch (const std::exception& error) {  // No memory: the same.
    if (ran < mark) Fail(StoreError{StoreError::Kind::kUnavailable, error.what()});
    throw;
  }
}

soci::statement& SqlConnection::Fitting(std::string_view sql, std::span<const Value> parameters) {
  soci::statement& statement = Prepared(sql);
  if (engine_.ParametersOf(statement) != parameters.size()) {
    throw StoreError{StoreError::Kind::kStatement, "the statement has another number of parameters"};
  }
  return statement;
}

soci::statement& SqlConnection::Prepared(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return *found->second;
  // A mark that waits goes first: should the text be refused, this piece alone is undone.
  if (mark_waits_ > 0) Flush();
  if (statements_.size() >= kMaxStatements) {
    Flush();  // What waits is among them.
    statements_.clear();
  }
  try {
    auto statement = std::make_unique<soci::statement>(*session_);
    statement->alloc();
    engine_.Prepare(*session_, *statement, sql);
    return *statements_.emplace(std::string{sql}, std::move(statement)).first->second;
  } catch (const soci::soci_error& error) {
    Fail(engine_.Translate(*session_, error));
  }
}

}  // namespace hotline::platform
