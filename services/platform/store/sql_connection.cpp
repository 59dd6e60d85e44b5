#include "platform/store/sql_connection.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <soci/soci.h>

namespace hotline::platform {
namespace {

/// Statements are constants of the code; filters that are put together make a few more. Beyond this something builds
/// SQL out of values, and memory matters more than speed.
constexpr std::size_t kMaxStatements = 500;

/// A statement that begins so changes nothing.
constexpr std::string_view kQuestion = "SELECT";

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
  const Prepared& prepared = Fitting(sql, parameters);
  if (gathering_ && prepared.insert && !SomeWaitingNames(prepared.insert->table())) return Gather(prepared, parameters);
  if (SeesGathered(sql)) Flush();
  waiting_.push_back({&prepared, {parameters.begin(), parameters.end()}});
  if (waiting_.size() >= kMaxWaiting) Flush();
}

void SqlConnection::Flush() {
  std::size_t ran = 0;
  if (std::vector<Waiting> waiting = TakeWaiting(""); !waiting.empty()) RunAll(std::move(waiting), nullptr, ran);
}

bool SqlConnection::CommitWaiting() {
  const BoundStatement commit{Prepare("COMMIT").statement.get(), {}};
  std::vector<Waiting> waiting = TakeWaiting("");
  const std::size_t before = waiting.size();
  std::size_t ran = 0;
  try {
    RunAll(std::move(waiting), &commit, ran);
    return true;
  } catch (const StoreError& error) {
    // Where one of several fails, those behind it do not run.
    if (ran >= before || error.kind() == StoreError::Kind::kUnavailable) throw;
    return false;
  }
}

void SqlConnection::Gather(const Prepared& one, std::span<const Value> row) {
  auto gathered = std::find_if(gathered_.begin(), gathered_.end(), [&](const Gathered& it) { return it.one == &one; });
  if (gathered == gathered_.end()) gathered = gathered_.insert(gathered, {&one, {}, 0, {}});
  gathered->values.insert(gathered->values.end(), row.begin(), row.end());
}

bool SqlConnection::SeesGathered(std::string_view sql) const {
  return std::any_of(gathered_.begin(), gathered_.end(), [&](const Gathered& gathered) {
    return !gathered.values.empty() && sql.find(gathered.one->insert->table()) != std::string_view::npos;
  });
}

bool SqlConnection::SomeWaitingNames(std::string_view table) const {
  return std::any_of(waiting_.begin(), waiting_.end(), [&](const Waiting& waiting) {
    return waiting.prepared->text.find(table) != std::string_view::npos;
  });
}

std::vector<SqlConnection::Waiting> SqlConnection::TakeWaiting(std::string_view sql) {
  piece_sent_ |= waiting_.size() > waiting_before_piece_;
  waiting_before_piece_ = 0;
  std::vector<Waiting> statements = std::exchange(waiting_, {});
  for (Gathered& gathered : gathered_) {
    const bool seen = sql.empty() || sql.find(gathered.one->insert->table()) != std::string_view::npos;
    if (seen && !gathered.values.empty()) TakeRows(gathered, statements);
  }
  return statements;
}

void SqlConnection::TakeRows(Gathered& gathered, std::vector<Waiting>& statements) {
  piece_sent_ |= gathered.values.size() > gathered.before_piece;
  gathered.before_piece = 0;
  std::vector<Value> values = std::exchange(gathered.values, {});
  const std::size_t columns = gathered.one->insert->columns();
  InPieces(values.size() / columns, [&](std::size_t at, std::size_t count) {
    const Prepared*& statement = gathered.of_rows[count];
    if (statement == nullptr) statement = &Prepare(gathered.one->insert->Of(count));
    const auto from = std::make_move_iterator(values.begin() + static_cast<std::ptrdiff_t>(at * columns));
    statements.push_back({statement, {from, from + static_cast<std::ptrdiff_t>(count * columns)}});
  });
}

void SqlConnection::Drop() {
  waiting_.clear();
  waiting_before_piece_ = 0;
  for (Gathered& gathered : gathered_) {
    gathered.values.clear();
    gathered.before_piece = 0;
  }
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
  gathering_ = false;
  Drop();
  if (statements_.size() >= kMaxStatements) {  // Here, where none of them waits.
    gathered_.clear();
    statements_.clear();
  }
  limits_.reset();  // Those of a transaction end with it.
  Write(engine_.begin(access_), {});
  WriteLimits(limits);
  Flush();
}

void SqlConnection::Mark(std::optional<Limits> limits) {
  Flush();  // What came before the mark must not be undone with what comes after it.
  gathering_ = false;
  for (const char* const text : {"RELEASE SAVEPOINT piece", "SAVEPOINT piece"}) Prepare(text);  // They go together.
  marked_before_ = marked_;
  if (marked_) Write("RELEASE SAVEPOINT piece", {});
  marked_ = true;
  Write("SAVEPOINT piece", {});
  mark_waits_ = waiting_.size();
  WriteLimits(limits);
}

void SqlConnection::RollbackToMark() {
  Drop();
  limits_.reset();                          // Undone with the rest.
  if (std::exchange(mark_waits_, 0) > 0) {  // Nothing of it ever left: the mark before it still stands.
    marked_ = marked_before_;
    return;
  }
  Execute("ROLLBACK TO SAVEPOINT piece");
}

void SqlConnection::BeginPiece(std::optional<Limits> limits) {
  WriteLimits(limits);
  gathering_ = true;
  piece_sent_ = false;
  waiting_before_piece_ = waiting_.size();
  for (Gathered& gathered : gathered_) gathered.before_piece = gathered.values.size();
}

bool SqlConnection::DropPiece() {
  if (piece_sent_) return false;
  waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(waiting_before_piece_), waiting_.end());
  for (Gathered& gathered : gathered_) gathered.values.resize(gathered.before_piece);
  return true;
}

void SqlConnection::Rollback() noexcept {
  Drop();
  mark_waits_ = 0;
  if (lost_) return;
  try {
    Execute("ROLLBACK");
  } catch (const std::exception&) {  // Nothing is open any more, which is what was asked for.
  }
}

StatementAnswer SqlConnection::Run(std::string_view sql, std::span<const Value> parameters) {
  const BoundStatement statement{Fitting(sql, parameters).statement.get(), parameters};
  piece_sent_ |= !sql.starts_with(kQuestion);
  std::size_t ran = 0;
  return RunAll(TakeWaiting(sql), &statement, ran);
}

StatementAnswer SqlConnection::RunAll(std::vector<Waiting> waiting, const BoundStatement* then, std::size_t& ran) {
  const std::size_t mark = std::exchange(mark_waits_, 0);
  try {
    std::vector<BoundStatement> all;
    all.reserve(waiting.size() + 1);
    for (const Waiting& each : waiting) all.push_back({each.prepared->statement.get(), each.parameters});
    if (then != nullptr) all.push_back(*then);
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

const SqlConnection::Prepared& SqlConnection::Fitting(std::string_view sql, std::span<const Value> parameters) {
  const Prepared& prepared = Prepare(sql);
  if (engine_.ParametersOf(*prepared.statement) != parameters.size()) {
    throw StoreError{StoreError::Kind::kStatement, "the statement has another number of parameters"};
  }
  return prepared;
}

const SqlConnection::Prepared& SqlConnection::Prepare(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return found->second;
  // A mark that waits goes first: should the text be refused, this piece alone is undone.
  if (mark_waits_ > 0) Flush();
  try {
    auto statement = std::make_unique<soci::statement>(*session_);
    statement->alloc();
    engine_.Prepare(*session_, *statement, sql);
    const auto added = statements_.try_emplace(std::string{sql}).first;
    added->second = {added->first, std::move(statement), engine_.remote() ? RowInsert::Read(sql) : std::nullopt};
    return added->second;
  } catch (const soci::soci_error& error) {
    Fail(engine_.Translate(*session_, error));
  }
}

}  // namespace hotline::platform
