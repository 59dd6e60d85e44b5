#include "platform/store/sql_store.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <iterator>
#include <optional>
#include <random>
#include <stdexcept>
#include <utility>

#include "platform/concurrency/deadline.h"
#include "platform/migrations.h"
#include "platform/rpc/status.h"
#include "platform/runtime/fault_points.h"
#include "platform/store/migrator.h"
#include "platform/telemetry/log.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A group ends here, so that its first caller does not wait for an endless stream of later ones.
constexpr std::size_t kMaxGroup = 256;
constexpr std::size_t kMostGroups = 8;  // That are committed and not answered.
constexpr milliseconds kMaxGroupTime{10};
constexpr std::chrono::seconds kReaderPatience{5};
/// No statement runs longer, whatever its caller allows: calls end after 30 s.
constexpr milliseconds kMaxStatement{30'000};
/// For a lock, while others may wait for those that the group holds.
constexpr milliseconds kCrowdedLockWait{20};
/// For a lock, by a piece alone in its group: a few commits of others. Far less than PostgreSQL takes to look for a
/// deadlock (1 s): where two pieces wait for each other, one of them gives way.
constexpr milliseconds kLockWait{40};
constexpr milliseconds kFirstRest{5};
constexpr milliseconds kLongestRest{160};
constexpr int kMaxTries = 160;  // Half a minute, where the deadline is not nearer.

/// From half of it to one and a half: not the same for two that stand in each other's way.
milliseconds About(milliseconds time) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return time / 2 + milliseconds{random() % static_cast<std::uint64_t>(time.count())};
}

/// After the n-th lost race, holding nothing: whoever waited longer for locks instead would hold up all those behind
/// its own.
milliseconds Rest(int tries) { return About(std::min(kLongestRest, kFirstRest * (1 << std::min(tries - 1, 10)))); }

constexpr milliseconds kBetweenConnects{200};
constexpr milliseconds kAnswerTravels{20};        // To the client, before a sabotaged process dies (fault_points.h).
constexpr std::chrono::seconds kBetweenLines{1};  // Of the log, while a database is away.

/// What work sees of a connection: values checked, for both engines alike.
class SqlSession final : public Session {
 public:
  SqlSession(SqlConnection& connection, const SqlEngine& engine) : connection_{connection}, engine_{engine} {}
  std::vector<Row> Query(std::string_view sql, std::span<const Value> parameters) override;
  milliseconds LongestOpen() override {
    const std::string_view sql = engine_.longest_open();
    return milliseconds{sql.empty() ? 0 : connection_.Query(sql).front().Int(0)};
  }

 private:
  SqlConnection& connection_;
  const SqlEngine& engine_;
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

/// A deadline, or the longest there is.
steady_clock::time_point Until(steady_clock::time_point deadline) {
  return std::min(deadline, steady_clock::now() + kMaxStatement);
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
  /// `hopeful`: see Transaction::Hopeful().
  SqlTransaction(SqlConnection& connection, const Outbox& outbox, Time now, bool hopeful)
      : connection_{connection}, outbox_{outbox}, now_{now}, hopeful_{hopeful} {}

  std::vector<Row> Query(std::string_view sql, std::span<const Value> parameters) override {
    return Guarded([&] { return connection_.Query(sql, parameters); }, parameters);
  }
  std::int64_t Execute(std::string_view sql, std::span<const Value> parameters) override {
    return Guarded([&] { return connection_.Execute(sql, parameters); }, parameters);
  }
  void Write(std::string_view sql, std::span<const Value> parameters) override {
    Guarded([&] { connection_.Write(sql, parameters); }, parameters);
  }
  void Publish(std::string_view topic, Event event) override {
    leaving_.push_back(outbox_.Seal(topic, std::move(event), now_));
  }
  bool Hopeful() const override { return hopeful_; }
  void OnWritten(std::function<void()> action) override { written_.push_back(std::move(action)); }
  void OnCommit(std::function<void()> action) override { actions_.push_back(std::move(action)); }

  /// The work is done: `events`, and what waits, go to the database now.
  void Finish(const std::vector<LeavingEvent>& events) {
    if (!events.empty()) outbox_.Add(*this, events);
    Guarded([&] { connection_.Flush(); }, {});
    RunAll(written_);
  }
  /// The work is done: what it wrote may wait for others'. Not where somebody is to be told that it is there.
  void FinishLater() {
    if (!written_.empty()) Finish({});
  }

  /// The work threw this: it lost a race that no statement of its own tells of.
  void Fail(const StoreError& error) {
    if (!error_) error_ = error;
  }
  /// The first error of a statement, whether the work minded it or not.
  [[nodiscard]] const std::optional<StoreError>& error() const { return error_; }
  [[nodiscard]] std::vector<LeavingEvent>& leaving() { return leaving_; }
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
  const bool hopeful_;
  std::optional<StoreError> error_;
  std::vector<LeavingEvent> leaving_;
  std::vector<std::function<void()>> written_;
  std::vector<std::function<void()>> actions_;
};

struct SqlStore::Outcome {
  Piece piece;
  absl::Status result;
  bool published = false;
  std::vector<std::function<void()>> actions;
};

/// A transaction of one writer, and the pieces of work in it.
class SqlStore::Group {
 public:
  Group(SqlStore& store, Writer& writer) : store_{store}, writer_{writer} {}

  /// Throws StoreError when the whole transaction is lost, with every piece in it.
  void Run(Piece piece) {
    pending_.push_back(std::move(piece));
    RunPending();
  }

  void Commit() {
    const DeadlineScope scope{Until(steady_clock::time_point::max())};
    while (!AddEvents() || !CommitOnce()) {
      BeginAgain();
      RunPending();
    }
    open_ = false;
    FaultPoint("store.after_commit");
  }

  /// Nothing of it stands, as far as anyone knows.
  void Lose(const StoreError& error) {
    if (writer_.connection != nullptr) writer_.connection->Rollback();
    for (Piece& piece : pending_) outcomes_.push_back({std::move(piece), {}, false, {}});
    pending_.clear();
    for (Outcome& outcome : outcomes_) {
      if (outcome.result.ok()) outcome.result = ToStatus(error);
    }
  }

  [[nodiscard]] std::vector<Outcome>& outcomes() { return outcomes_; }
  /// A piece that lost a race, and those that came after it: they run again, after this group.
  [[nodiscard]] std::deque<Piece>& again() { return again_; }

 private:
  void RunPending() {
    while (!pending_.empty() && again_.empty()) RunFirst();
    if (again_.empty()) return;
    std::move(pending_.begin(), pending_.end(), std::back_inserter(again_));
    pending_.clear();
  }

  void RunFirst() {
    const Piece& piece = pending_.front();
    const auto deadline = piece.deadline;
    if (steady_clock::now() >= deadline) {
      return Refuse(absl::DeadlineExceededError("waited too long for the store"));
    }
    const DeadlineScope scope{Until(deadline)};
    if (hopeful_ && piece.tries == 0) {
      switch (Try()) {
        case Attempt::kDone: return;
        case Attempt::kUndone: break;
        case Attempt::kSpoilt: return BeginAgain();
      }
    }
    Settle() ? RunWithCare() : BeginAgain();
  }

  /// What became of a piece that ran without a mark.
  enum class Attempt {
    kDone,    ///< Its outcome is known, or hangs on the commit alone.
    kUndone,  ///< It failed, and nothing of it is in the transaction.
    kSpoilt,  ///< It failed, and the transaction with it.
  };
  Attempt Try() {
    Piece& piece = pending_.front();
    EnterWithoutMark();
    SqlTransaction transaction{*writer_.connection, store_.outbox_, store_.options_.clock.Now(),
                               store_.engine_->remote()};
    absl::Status result = RunWork(piece.work, transaction, [&] { transaction.FinishLater(); });
    ThrowIfLost(transaction);
    if (result.ok()) {
      std::move(transaction.leaving().begin(), transaction.leaving().end(), std::back_inserter(leaving_));
      Keep(transaction);
      return Attempt::kDone;
    }
    const bool undone = !transaction.error() && writer_.connection->DropPiece();
    if (!undone && inside_ > 0) return Attempt::kSpoilt;
    if (!undone) Undo();
    if (LostRace(transaction)) {
      RunLater();
    } else if (transaction.Hopeful()) {
      return Attempt::kUndone;
    } else {
      Refuse(std::move(result));
    }
    return Attempt::kDone;
  }

  /// Straight where it is the first, else under a mark: if it fails it is undone alone.
  void RunWithCare() {
    Piece& piece = pending_.front();
    EnterWithMark();
    SqlTransaction transaction{*writer_.connection, store_.outbox_, store_.options_.clock.Now(), false};
    absl::Status result = RunWork(piece.work, transaction, [&] { transaction.Finish(transaction.leaving()); });
    ThrowIfLost(transaction);
    if (result.ok()) return Keep(transaction);
    Leave();
    if (LostRace(transaction)) return RunLater();
    Refuse(std::move(result));
  }

  /// The transaction is undone, and its pieces run again, each with care: which of them failed is not known.
  void BeginAgain() {
    Undo();
    hopeful_ = false;
    inside_ = 0;
    leaving_.clear();
    std::vector<Outcome> outcomes = std::exchange(outcomes_, {});
    for (auto outcome = outcomes.rbegin(); outcome != outcomes.rend(); ++outcome) {
      pending_.push_front(std::move(outcome->piece));
    }
  }

  /// False when something that waited failed, so that nothing has been committed.
  bool CommitOnce() {
    FaultPoint("store.before_commit");
    return !open_ || writer_.connection->CommitWaiting();
  }

  /// What the pieces without marks left behind goes to the database. False when something of it failed.
  bool Settle() {
    return AddEvents() && Succeeds([this] { writer_.connection->Flush(); });
  }
  bool AddEvents() {
    return Succeeds([this] {
      if (leaving_.empty()) return;
      SqlTransaction end{*writer_.connection, store_.outbox_, store_.options_.clock.Now(), false};
      store_.outbox_.Add(end, std::exchange(leaving_, {}));
      if (outcomes_.empty()) return;  // A sabotaged store has told them already.
      for (auto& action : end.TakeActions()) outcomes_.back().actions.push_back(std::move(action));
    });
  }
  /// Of what concerns pieces without marks: whose it is when it fails shows when they run again.
  template <typename Step>
  bool Succeeds(Step step) {
    if (!open_ || !hopeful_) return true;
    try {
      step();
      return true;
    } catch (const StoreError& error) {
      if (error.kind() == StoreError::Kind::kUnavailable) throw;
    } catch (const std::exception&) {
    }
    return false;
  }

  void Begin(const SqlConnection::Limits& limits) {
    if (writer_.connection == nullptr) store_.Reconnect(writer_);
    try {
      writer_.connection->Begin(limits);
    } catch (const StoreError&) {
      // The server was away while this connection lay idle. Nothing has begun: the next one may do.
      if (!writer_.connection->lost()) throw;
      store_.Reconnect(writer_);
      writer_.connection->Begin(limits);
    }
    open_ = true;
  }

  /// False where the transaction was open before, with other pieces in it.
  bool BeginIfFirst() {
    if (!open_) Begin({Left(), std::min(Left(), About(kLockWait))});
    return inside_ == 0;
  }
  void EnterWithoutMark() {
    if (BeginIfFirst()) return writer_.connection->BeginPiece();
    writer_.connection->BeginPiece(SqlConnection::Limits{Left(), kCrowdedLockWait});
  }
  void EnterWithMark() {
    if (!BeginIfFirst()) writer_.connection->Mark(SqlConnection::Limits{Left(), kCrowdedLockWait});
  }
  /// What the piece may still take.
  static milliseconds Left() { return std::chrono::ceil<milliseconds>(DeadlineScope::Current() - steady_clock::now()); }

  /// Undoes the last piece, which ran with care.
  void Leave() { inside_ > 0 ? writer_.connection->RollbackToMark() : Undo(); }
  void Undo() {
    writer_.connection->Rollback();
    open_ = false;
  }

  void Keep(SqlTransaction& transaction) {
    ++inside_;
    outcomes_.push_back({TakeFirst(), {}, !transaction.leaving().empty(), transaction.TakeActions()});
  }
  void Refuse(absl::Status status) { outcomes_.push_back({TakeFirst(), std::move(status), false, {}}); }
  void RunLater() {
    again_.push_back(TakeFirst());
    ++again_.back().tries;
  }
  Piece TakeFirst() {
    Piece piece = std::move(pending_.front());
    pending_.pop_front();
    return piece;
  }

  [[nodiscard]] bool LostRace(const SqlTransaction& transaction) const {
    const Piece& piece = pending_.front();
    return transaction.error() && transaction.error()->kind() == StoreError::Kind::kConflict &&
           piece.tries + 1 < kMaxTries && steady_clock::now() < piece.deadline;
  }
  static void ThrowIfLost(const SqlTransaction& transaction) {
    const std::optional<StoreError>& error = transaction.error();
    if (error && error->kind() == StoreError::Kind::kUnavailable) throw StoreError{*error};
  }

  template <typename Finish>
  static absl::Status RunWork(const Work& work, SqlTransaction& transaction, Finish finish) {
    try {
      absl::Status status = work(transaction);
      if (!status.ok()) return status;
      if (transaction.error()) {
        return absl::InternalError(std::string{"went on after a failed statement: "} + transaction.error()->what());
      }
      finish();
      return status;
    } catch (const StoreError& error) {
      transaction.Fail(error);
      return ToStatus(*transaction.error());
    } catch (const std::exception& error) {
      return absl::InternalError(error.what());
    }
  }

  SqlStore& store_;
  Writer& writer_;
  std::deque<Piece> pending_;  // Taken, and without an outcome.
  std::vector<Outcome> outcomes_;
  std::deque<Piece> again_;
  std::vector<LeavingEvent> leaving_;  // Of pieces without a mark, which are in the transaction.
  std::size_t inside_ = 0;             // Pieces whose effects the commit makes stand.
  bool open_ = false;
  bool hopeful_ = true;  // No piece has spoilt the transaction for the others.
};

/// Answers callers on a thread of its own, in the order of the commits, so that no writer waits for what they do; only
/// where it is far behind.
class SqlStore::Answers {
 public:
  Answers() : thread_{[this] { Run(); }} {}
  ~Answers() {
    {
      const std::lock_guard lock{mutex_};
      ending_ = true;
    }
    some_.notify_one();
    thread_.join();
  }
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;

  void Give(std::vector<Outcome> outcomes) {
    std::unique_lock lock{mutex_};
    room_.wait(lock, [this] { return waiting_.size() < kMostGroups; });
    waiting_.push_back(std::move(outcomes));
    some_.notify_one();
  }

  static void Tell(std::vector<Outcome>& outcomes) {
    for (Outcome& outcome : outcomes) {
      std::vector<std::function<void()>> actions;
      if (outcome.result.ok()) actions = std::move(outcome.actions);
      actions.push_back([&outcome] { outcome.piece.done(std::move(outcome.result)); });
      RunAll(actions);
    }
    FaultPoint("store.after_answer");
  }

 private:
  void Run() {
    std::unique_lock lock{mutex_};
    for (;;) {
      some_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      std::vector<Outcome> outcomes = std::move(waiting_.front());
      waiting_.pop_front();
      room_.notify_one();
      lock.unlock();
      Tell(outcomes);
      outcomes.clear();  // What the work holds goes here too.
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable some_;
  std::condition_variable room_;
  std::deque<std::vector<Outcome>> waiting_;
  bool ending_ = false;
  std::thread thread_;  // Last: it uses every field above.
};

SqlStore::SqlStore(std::unique_ptr<const SqlEngine> engine, StoreOptions options)
    : engine_{std::move(engine)},
      options_{std::move(options)},
      outbox_{options_.source, options_.sealer},
      answers_{std::make_unique<Answers>()} {
  const auto own = Migrations();
  const absl::Status migrated = Migrate("platform", own, static_cast<std::int64_t>(own.size()));
  if (!migrated.ok()) throw StoreError{StoreError::Kind::kUnavailable, std::string{migrated.message()}};
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options_.writers); ++i) {
    writers_.push_back(std::make_unique<Writer>());  // Each connects when it has something to write.
  }
  for (const auto& writer : writers_) writer->thread = std::thread{[this, &writer = *writer] { WriteLoop(writer); }};
}

SqlStore::~SqlStore() {
  {
    const std::lock_guard lock{queue_mutex_};
    stopping_ = true;
    for (const auto& writer : writers_) writer->wanted.notify_one();
  }
  for (const auto& writer : writers_) writer->thread.join();
  answers_.reset();  // Those who are answered may still use the store.
}

absl::Status SqlStore::Migrate(std::string_view part, std::span<const Migration> migrations, std::int64_t id) {
  const std::lock_guard lock{migration_mutex_};
  try {
    if (!options_.migrate) {
      SqlConnection reader{*engine_, Access::kReadWrite};
      return CheckPart(reader, part, migrations);
    }
    SqlConnection connection{*engine_, Access::kMigration};  // DDL commits by itself: not on a writer's connection.
    connection.LockForMigration();
    return MigratePart(connection, part, migrations, id, options_.clock.Now());
  } catch (const StoreError& error) {
    return ToStatus(error);
  }
}

absl::Status SqlStore::MigrateTo(std::span<const Migration> migrations, std::int64_t id) {
  return Migrate("service", migrations, id);
}

void SqlStore::Submit(Work work, steady_clock::time_point deadline, Done done) {
  Hand(nullptr, {std::move(work), deadline, std::move(done), steady_clock::now()});
}

void SqlStore::SubmitInOrder(std::string_view key, Work work, steady_clock::time_point deadline, Done done) {
  Writer& writer = *writers_[std::hash<std::string_view>{}(key) % writers_.size()];
  Hand(&writer, {std::move(work), deadline, std::move(done), steady_clock::now()});
}

void SqlStore::Hand(Writer* writer, Piece piece) {
  if (absl::Status refused = Enqueue(writer, piece); !refused.ok()) piece.done(std::move(refused));
}

absl::Status SqlStore::Enqueue(Writer* writer, Piece& piece) {
  const std::lock_guard lock{queue_mutex_};
  if (stopping_) return absl::UnavailableError("the store is closing");
  if (waiting_ >= options_.queue_capacity) {
    return WithReason(absl::ResourceExhaustedError("too much work waits for the store"), "STORE_QUEUE_FULL");
  }
  ++waiting_;
  auto& queue = writer == nullptr ? queue_ : writer->own;
  queue.push_back(std::move(piece));
  if (writer == nullptr) {  // A writer that is busy looks for more by itself.
    const auto idle = std::find_if(writers_.begin(), writers_.end(), [](const auto& one) { return one->idle; });
    if (idle != writers_.end()) writer = idle->get();
  }
  if (writer != nullptr) {
    writer->idle = false;
    writer->wanted.notify_one();
  }
  return absl::OkStatus();
}

void SqlStore::WriteLoop(Writer& writer) {
  for (;;) {
    {
      std::unique_lock lock{queue_mutex_};
      const auto some = [&] { return !writer.own.empty() || !queue_.empty(); };
      writer.idle = !some();
      writer.wanted.wait(lock, [&] { return stopping_ || some(); });
      writer.idle = false;
      if (!some()) return;
    }
    WriteGroup(writer);
  }
}

std::optional<SqlStore::Piece> SqlStore::Take(Writer& writer) {
  const std::lock_guard lock{queue_mutex_};
  if (writer.own.empty() && queue_.empty()) return std::nullopt;
  const bool own = queue_.empty() || (!writer.own.empty() && writer.own.front().queued <= queue_.front().queued);
  auto& queue = own ? writer.own : queue_;
  Piece piece = std::move(queue.front());
  queue.pop_front();
  --waiting_;
  return piece;
}

void SqlStore::PutBack(Writer& writer, std::deque<Piece>& pieces) {
  const std::lock_guard lock{queue_mutex_};
  waiting_ += pieces.size();
  // They were queued before all the others: they are taken first.
  writer.own.insert(writer.own.begin(), std::make_move_iterator(pieces.begin()), std::make_move_iterator(pieces.end()));
}

void SqlStore::Reconnect(Writer& writer) {
  if (steady_clock::now() < writer.connect_at) {
    throw StoreError{StoreError::Kind::kUnavailable, "the database is away"};
  }
  writer.connection.reset();
  try {
    writer.connection = std::make_unique<SqlConnection>(*engine_, Access::kReadWrite);
  } catch (const StoreError&) {
    // Those that wait meanwhile learn at once that it is away, instead of each trying for seconds.
    writer.connect_at = steady_clock::now() + kBetweenConnects;
    throw;
  }
  if (std::exchange(writer.connected, true)) {
    Log(LogLevel::kInfo, "store.connected_again", {{"source", options_.source}});
  }
}

void SqlStore::WriteGroup(Writer& writer) {
  Group group{*this, writer};
  const auto end = steady_clock::now() + kMaxGroupTime;
  try {
    while (group.outcomes().size() < kMaxGroup && steady_clock::now() < end && group.again().empty()) {
      std::optional<Piece> piece = Take(writer);
      if (!piece) break;
      group.Run(*std::move(piece));
    }
    if (Sabotaged("answer_before_commit")) {
      Answers::Tell(group.outcomes());
      group.outcomes().clear();  // Whoever was told is gone, with all that the work refers to.
      std::this_thread::sleep_for(kAnswerTravels);
    }
    group.Commit();
  } catch (const StoreError& error) {
    if (steady_clock::now() - writer.told_at >= kBetweenLines) {
      Log(LogLevel::kError, "store.commit_failed", {{"source", options_.source}, {"error", std::string{error.what()}}});
      writer.told_at = steady_clock::now();
    }
    group.Lose(error);
  }
  if (writer.connection != nullptr && writer.connection->lost()) writer.connection.reset();
  const milliseconds rest = group.again().empty() ? milliseconds{0} : Rest(group.again().front().tries);
  PutBack(writer, group.again());
  WakeRelay(group.outcomes());
  answers_->Give(std::move(group.outcomes()));
  std::this_thread::sleep_for(rest);
}

void SqlStore::WakeRelay(const std::vector<Outcome>& outcomes) {
  const bool published = std::any_of(outcomes.begin(), outcomes.end(),
                                     [](const Outcome& outcome) { return outcome.result.ok() && outcome.published; });
  if (!published) return;
  const std::lock_guard lock{listener_mutex_};
  if (listener_) listener_();
}

absl::Status SqlStore::Read(const std::function<absl::Status(Session&)>& work) {
  const auto deadline = Until(DeadlineScope::Current());
  const DeadlineScope scope{deadline};
  std::unique_ptr<SqlConnection> reader;
  try {
    reader = AcquireReader(deadline);
  } catch (const StoreError& error) {  // No connection to be had.
    return ToStatus(error);
  }
  if (reader == nullptr) {
    return WithReason(absl::ResourceExhaustedError("too many reads wait for the store"), "STORE_READERS_BUSY");
  }
  const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
  absl::Status status = RunRead(reader, {left, left}, work);
  ReleaseReader(std::move(reader));
  return status;
}

absl::Status SqlStore::RunRead(std::unique_ptr<SqlConnection>& reader, const SqlConnection::Limits& limits,
                               const std::function<absl::Status(Session&)>& work) {
  absl::Status status;
  try {
    BeginRead(reader, limits);
    SqlSession session{*reader, *engine_};
    status = work(session);
  } catch (const StoreError& error) {
    status = ToStatus(error);
  } catch (const std::exception& error) {
    status = absl::InternalError(error.what());
  }
  if (reader != nullptr) reader->Rollback();
  return status;
}

void SqlStore::BeginRead(std::unique_ptr<SqlConnection>& reader, const SqlConnection::Limits& limits) {
  try {
    return reader->Begin(limits);
  } catch (const StoreError&) {
    if (!reader->lost()) throw;
  }
  reader.reset();
  reader = std::make_unique<SqlConnection>(*engine_, Access::kReadOnly);
  reader->Begin(limits);
}

std::unique_ptr<SqlConnection> SqlStore::AcquireReader(steady_clock::time_point deadline) {
  const auto end = std::min(deadline, steady_clock::now() + kReaderPatience);
  {
    std::unique_lock lock{readers_mutex_};
    const bool free = reader_free_.wait_until(
        lock, end, [this] { return !idle_readers_.empty() || open_readers_ < options_.readers; });
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
    ReleaseReader(nullptr);
    throw;
  }
}

void SqlStore::ReleaseReader(std::unique_ptr<SqlConnection> reader) {
  {
    const std::lock_guard lock{readers_mutex_};
    if (reader == nullptr || reader->lost()) {
      --open_readers_;
    } else {
      idle_readers_.push_back(std::move(reader));
    }
  }
  reader_free_.notify_one();
}

void SqlStore::OnPublished(std::function<void()> listener) {
  const std::lock_guard lock{listener_mutex_};
  listener_ = std::move(listener);
}

}  // namespace hotline::platform
