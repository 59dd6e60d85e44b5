#include "platform/store/sql_store.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "platform/migrations.h"
#include "platform/rpc/status.h"
#include "platform/store/migrator.h"
#include "platform/telemetry/log.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

using std::chrono::steady_clock;

/// A group ends here, so that its first caller does not wait for an endless stream of later ones.
constexpr std::size_t kMaxGroup = 256;
constexpr std::chrono::milliseconds kMaxGroupTime{10};
constexpr std::chrono::seconds kReaderPatience{5};

/// What work sees of a connection: values checked, for both engines alike.
class SqlSession final : public Session {
 public:
  explicit SqlSession(SqlConnection& connection) : connection_{connection} {}
  std::vector<Row> Query(std::string_view sql, std::span<const Value> parameters) override;

 private:
  SqlConnection& connection_;
};

/// PostgreSQL takes no zero byte in text, and SOCI would cut it there in silence.
void CheckValues(std::span<const Value> parameters) {
  for (const Value& value : parameters) {
    const auto* text = std::get_if<std::string>(&value);
    if (text != nullptr && text->find('\0') != std::string::npos) {
      throw StoreError{StoreError::Kind::kValue, "a text holds a zero byte"};
    }
  }
}

std::vector<Row> SqlSession::Query(std::string_view sql, std::span<const Value> parameters) {
  CheckValues(parameters);
  return connection_.Query(sql, parameters);
}

void RunAll(std::vector<std::function<void()>>& actions) {
  for (const auto& action : actions) {
    try {
      action();
    } catch (const std::exception& error) {  // The commit stands; a hint that fails must not end the process.
      Log(LogLevel::kError, "store.commit_action_failed", {{"error", std::string{error.what()}}});
    }
  }
}

}  // namespace

/// The writer's transaction, as one piece of work sees it.
class SqlTransaction final : public Transaction {
 public:
  SqlTransaction(SqlConnection& connection, const Outbox& outbox, Time now)
      : connection_{connection}, outbox_{outbox}, now_{now} {}

  std::vector<Row> Query(std::string_view sql, std::span<const Value> parameters) override {
    return Guarded([&] { return connection_.Query(sql, parameters); }, parameters);
  }
  std::int64_t Execute(std::string_view sql, std::span<const Value> parameters) override {
    return Guarded([&] { return connection_.Execute(sql, parameters); }, parameters);
  }
  void Publish(std::string_view topic, Event event) override {
    outbox_.Add(*this, topic, std::move(event), now_);
    published_ = true;
  }
  void OnCommit(std::function<void()> action) override { actions_.push_back(std::move(action)); }

  /// The first error of a statement, whether the work minded it or not.
  [[nodiscard]] const std::optional<StoreError>& error() const { return error_; }
  [[nodiscard]] bool published() const { return published_; }
  [[nodiscard]] std::vector<std::function<void()>> TakeActions() { return std::move(actions_); }

 private:
  template <typename Run>
  auto Guarded(Run run, std::span<const Value> parameters) -> decltype(run()) {
    if (error_) throw StoreError{StoreError::Kind::kStatement, "a statement of this work failed before"};
    try {
      CheckValues(parameters);
      return run();
    } catch (const StoreError& error) {
      error_ = error;
      throw;
    }
  }

  SqlConnection& connection_;
  const Outbox& outbox_;
  const Time now_;
  std::optional<StoreError> error_;
  bool published_ = false;
  std::vector<std::function<void()>> actions_;
};

struct SqlStore::Outcome {
  Done done;
  absl::Status result;
  bool published = false;
  std::vector<std::function<void()>> actions;
};

SqlStore::SqlStore(std::unique_ptr<const SqlEngine> engine, StoreOptions options)
    : engine_{std::move(engine)},
      options_{std::move(options)},
      outbox_{options_.source, options_.sealer},
      writer_{std::make_unique<SqlConnection>(*engine_, Access::kReadWrite)} {
  const auto own = Migrations();
  const absl::Status migrated =
      options_.migrate
          ? MigratePart(*writer_, "platform", own, static_cast<std::int64_t>(own.size()), options_.clock.Now())
          : CheckPart(*writer_, "platform", own);
  if (!migrated.ok()) throw StoreError{StoreError::Kind::kUnavailable, std::string{migrated.message()}};
  thread_ = std::thread{[this] { WriteLoop(); }};
}

SqlStore::~SqlStore() {
  {
    const std::lock_guard lock{queue_mutex_};
    stopping_ = true;
  }
  queue_changed_.notify_all();
  thread_.join();
}

absl::Status SqlStore::MigrateTo(std::span<const Migration> migrations, std::int64_t id) {
  const std::lock_guard lock{migration_mutex_};
  try {
    SqlConnection connection{*engine_, Access::kReadWrite};  // DDL commits by itself: not on the writer's connection.
    if (!options_.migrate) return CheckPart(connection, "service", migrations);
    return MigratePart(connection, "service", migrations, id, options_.clock.Now());
  } catch (const StoreError& error) {
    return ToStatus(error);
  }
}

void SqlStore::Submit(Work work, steady_clock::time_point deadline, Done done) {
  absl::Status refused;
  {
    const std::lock_guard lock{queue_mutex_};
    if (stopping_) {
      refused = absl::UnavailableError("the store is closing");
    } else if (queue_.size() >= options_.queue_capacity) {
      refused = WithReason(absl::ResourceExhaustedError("too much work waits for the store"), "STORE_QUEUE_FULL");
    } else {
      queue_.push_back({std::move(work), deadline, std::move(done)});
    }
  }
  if (!refused.ok()) return done(refused);
  queue_changed_.notify_one();
}

void SqlStore::WriteLoop() {
  for (;;) {
    {
      std::unique_lock lock{queue_mutex_};
      queue_changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
    }
    WriteGroup();
  }
}

bool SqlStore::Take(Piece& piece) {
  const std::lock_guard lock{queue_mutex_};
  if (queue_.empty()) return false;
  piece = std::move(queue_.front());
  queue_.pop_front();
  return true;
}

void SqlStore::WriteGroup() {
  std::vector<Outcome> outcomes;
  try {
    writer_->Begin();
    RunGroup(outcomes);
    writer_->Commit();
  } catch (const StoreError& error) {
    Log(LogLevel::kError, "store.commit_failed", {{"error", std::string{error.what()}}});
    writer_->Rollback();
    // Nothing was taken when BEGIN failed: the first piece carries the news, the others get their own try.
    if (Piece piece; outcomes.empty() && Take(piece)) outcomes.push_back({std::move(piece.done), {}, false, {}});
    for (Outcome& outcome : outcomes) {
      if (outcome.result.ok()) outcome.result = ToStatus(error);
    }
  }
  Finish(outcomes);
}

void SqlStore::RunGroup(std::vector<Outcome>& outcomes) {
  const auto end = steady_clock::now() + kMaxGroupTime;
  for (Piece piece; outcomes.size() < kMaxGroup && steady_clock::now() < end && Take(piece);) {
    if (steady_clock::now() >= piece.deadline) {
      outcomes.push_back(
          {std::move(piece.done), absl::DeadlineExceededError("waited too long for the store"), false, {}});
    } else if (!RunPiece(std::move(piece), outcomes)) {
      // A full disk or a failing one takes the pieces before this one along: they answer what this one met.
      writer_->Rollback();
      for (Outcome& outcome : outcomes) {
        if (outcome.result.ok()) outcome.result = outcomes.back().result;
      }
      writer_->Begin();  // For the COMMIT that follows.
      break;
    }
  }
}

bool SqlStore::RunPiece(Piece piece, std::vector<Outcome>& outcomes) {
  SqlTransaction transaction{*writer_, outbox_, options_.clock.Now()};
  Outcome outcome{std::move(piece.done), {}, false, {}};
  bool intact = true;
  try {
    writer_->Execute("SAVEPOINT piece");
    outcome.result = RunWork(piece.work, transaction);
    if (!outcome.result.ok()) writer_->Execute("ROLLBACK TO SAVEPOINT piece");
    writer_->Execute("RELEASE SAVEPOINT piece");
  } catch (const StoreError& error) {
    intact = false;
    outcome.result = absl::UnavailableError(error.what());
  }
  if (transaction.error() && transaction.error()->kind() == StoreError::Kind::kUnavailable) {
    intact = false;
    outcome.result = ToStatus(*transaction.error());
  }
  if (outcome.result.ok()) {
    outcome.published = transaction.published();
    outcome.actions = transaction.TakeActions();
  }
  outcomes.push_back(std::move(outcome));
  return intact;
}

absl::Status SqlStore::RunWork(const Work& work, SqlTransaction& transaction) {
  try {
    absl::Status status = work(transaction);
    if (status.ok() && transaction.error()) {
      return absl::InternalError(std::string{"went on after a failed statement: "} + transaction.error()->what());
    }
    return status;
  } catch (const StoreError& error) {
    return ToStatus(transaction.error() ? *transaction.error() : error);
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

void SqlStore::Finish(std::vector<Outcome>& outcomes) {
  const bool published = std::any_of(outcomes.begin(), outcomes.end(),
                                     [](const Outcome& outcome) { return outcome.result.ok() && outcome.published; });
  if (published) {
    const std::lock_guard lock{listener_mutex_};
    if (listener_) listener_();
  }
  for (Outcome& outcome : outcomes) {
    std::vector<std::function<void()>> actions;
    if (outcome.result.ok()) actions = std::move(outcome.actions);
    actions.push_back([&outcome] { outcome.done(std::move(outcome.result)); });
    RunAll(actions);
  }
}

absl::Status SqlStore::Read(const std::function<absl::Status(Session&)>& work) {
  try {
    std::unique_ptr<SqlConnection> reader = AcquireReader();
    if (reader == nullptr) {
      return WithReason(absl::ResourceExhaustedError("too many reads wait for the store"), "STORE_READERS_BUSY");
    }
    absl::Status status;
    try {
      reader->Begin();
      SqlSession session{*reader};
      status = work(session);
    } catch (const StoreError& error) {
      status = ToStatus(error);
    } catch (const std::exception& error) {
      status = absl::InternalError(error.what());
    }
    reader->Rollback();
    ReleaseReader(std::move(reader));
    return status;
  } catch (const StoreError& error) {  // No connection to be had.
    return ToStatus(error);
  }
}

std::unique_ptr<SqlConnection> SqlStore::AcquireReader() {
  {
    std::unique_lock lock{readers_mutex_};
    const bool free = reader_free_.wait_for(
        lock, kReaderPatience, [this] { return !idle_readers_.empty() || open_readers_ < options_.readers; });
    if (!free) return nullptr;
    if (!idle_readers_.empty()) {
      std::unique_ptr<SqlConnection> reader = std::move(idle_readers_.back());
      idle_readers_.pop_back();
      return reader;
    }
    ++open_readers_;
  }
  try {
    return std::make_unique<SqlConnection>(*engine_, Access::kReadOnly);
  } catch (...) {
    const std::lock_guard lock{readers_mutex_};
    --open_readers_;
    reader_free_.notify_one();
    throw;
  }
}

void SqlStore::ReleaseReader(std::unique_ptr<SqlConnection> reader) {
  {
    const std::lock_guard lock{readers_mutex_};
    idle_readers_.push_back(std::move(reader));
  }
  reader_free_.notify_one();
}

void SqlStore::OnPublished(std::function<void()> listener) {
  const std::lock_guard lock{listener_mutex_};
  listener_ = std::move(listener);
}

}  // namespace hotline::platform
