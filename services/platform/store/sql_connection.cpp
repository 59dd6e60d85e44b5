#include "platform/store/sql_connection.h"

#include <utility>

#include <soci/soci.h>

namespace hotline::platform {
namespace {

/// Statements are constants of the code; filters that are put together make a few more. Beyond this something builds
/// SQL out of values, and memory matters more than speed.
constexpr std::size_t kMaxStatements = 500;

const std::string kNoText;

}  // namespace

SqlConnection::SqlConnection(const SqlEngine& engine, Access access)
    : engine_{engine}, access_{access}, session_{engine.Connect(access)} {}

SqlConnection::~SqlConnection() = default;

std::vector<Row> SqlConnection::Query(std::string_view sql, std::span<const Value> parameters) {
  return Run(sql, parameters, nullptr);
}

std::int64_t SqlConnection::Execute(std::string_view sql, std::span<const Value> parameters) {
  std::int64_t changed = 0;
  Run(sql, parameters, &changed);
  return changed;
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

void SqlConnection::Begin(const std::string& limits) {
  marked_ = false;
  if (limits.empty()) {
    Execute(engine_.begin(access_));
  } else {  // Together: one way to the server and back.
    RunScript(std::string{engine_.begin(access_)} + "; " + limits);
  }
}

void SqlConnection::Mark(const std::string& limits) {
  const bool again = std::exchange(marked_, true);
  if (!limits.empty()) return RunScript((again ? "RELEASE SAVEPOINT piece; SAVEPOINT piece; " : "SAVEPOINT piece; ") + limits);
  if (again) Execute("RELEASE SAVEPOINT piece");
  Execute("SAVEPOINT piece");
}

void SqlConnection::RollbackToMark() { Execute("ROLLBACK TO SAVEPOINT piece"); }

void SqlConnection::Rollback() noexcept {
  if (lost_) return;
  try {
    Execute("ROLLBACK");
  } catch (const std::exception&) {  // Nothing is open any more, which is what was asked for.
  }
}

std::vector<Row> SqlConnection::Run(std::string_view sql, std::span<const Value> parameters, std::int64_t* changed) {
  try {
    soci::statement& statement = Prepared(sql);
    Bind(statement, parameters);
    std::vector<Row> rows = engine_.Run(statement, parameters.size());
    if (changed != nullptr) *changed = statement.get_affected_rows();
    return rows;
  } catch (const soci::soci_error& error) {
    Fail(engine_.Translate(*session_, error));
  }
}

soci::statement& SqlConnection::Prepared(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return *found->second;
  if (statements_.size() >= kMaxStatements) statements_.clear();
  auto statement = std::make_unique<soci::statement>(*session_);
  statement->alloc();
  statement->prepare(engine_.Own(sql));
  return *statements_.emplace(std::string{sql}, std::move(statement)).first->second;
}

void SqlConnection::Bind(soci::statement& statement, std::span<const Value> parameters) {
  // A parameter may have another type each time, so SOCI's exchange elements are made anew; the statement stays
  // prepared. The elements point into `parameters`, which outlives the run.
  statement.bind_clean_up();
  thread_local soci::indicator null = soci::i_null;
  null = soci::i_null;
  for (const Value& value : parameters) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      statement.exchange(soci::use(*integer));
    } else if (const auto* real = std::get_if<double>(&value)) {
      statement.exchange(soci::use(*real));
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      statement.exchange(soci::use(*text));
    } else {
      statement.exchange(soci::use(kNoText, null));
    }
  }
}

}  // namespace hotline::platform
