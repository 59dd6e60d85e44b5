#include "platform/store/sql_store.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "platform/migrations.h"
#include "platform/rpc/status.h"
#include "platform/runtime/fault_points.h"
#include "platform/store/migrator.h"
#include "platform/store/statement_limits.h"
#include "platform/store/work_group.h"
#include "platform/telemetry/log.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A group ends here, so that its first caller does not wait for an endless stream of later ones.
constexpr std::size_t kMaxGroup = 256;
/// Where several write, each takes its share of what waits, so that while one group is committed another fills: with 64
/// in flight a tenth more messages a second than where one takes all. A smaller one is not worth its commit.
constexpr std::size_t kLeastShare = 16;
constexpr milliseconds kMaxGroupTime{10};
constexpr milliseconds kFirstRest{5};
constexpr milliseconds kLongestRest{160};

/// After the n-th lost race, holding nothing: whoever waited longer for locks instead would hold up all those behind
/// its own.
milliseconds Rest(int tries) { return About(std::min(kLongestRest, kFirstRest * (1 << std::min(tries - 1, 10)))); }

constexpr milliseconds kAnswerTravels{20};        // To the client, before a sabotaged process dies (fault_points.h).
constexpr std::chrono::seconds kBetweenLines{1};  // Of the log, while a database is away.

}  // namespace

SqlStore::SqlStore(std::unique_ptr<const SqlEngine> engine, StoreOptions options)
    : engine_{std::move(engine)},
      options_{std::move(options)},
      outbox_{options_.source, options_.sealer},
      readers_{*engine_, options_.readers} {
  const auto own = Migrations();
  const absl::Status migrated = Migrate("platform", own, static_cast<std::int64_t>(own.size()));
  if (!migrated.ok()) throw StoreError{StoreError::Kind::kUnavailable, std::string{migrated.message()}};
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options_.writers); ++i) {
    writers_.push_back(std::make_unique<Writer>(*engine_, options_.source));
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

void SqlStore::Hand(Writer* writer, WorkPiece piece) {
  if (absl::Status refused = Enqueue(writer, piece); !refused.ok()) piece.done(std::move(refused));
}

absl::Status SqlStore::Enqueue(Writer* writer, WorkPiece& piece) {
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
      writer.wanted.wait(lock, [&] {
        const bool wakes = stopping_ || some();
        writer.idle = !wakes;  // Each time: another may have been quicker, and the next piece must find this one.
        return wakes;
      });
      if (!some()) return;
    }
    WriteGroup(writer);
  }
}

std::optional<WorkPiece> SqlStore::Take(Writer& writer) {
  const std::lock_guard lock{queue_mutex_};
  if (writer.own.empty() && queue_.empty()) return std::nullopt;
  const bool own = queue_.empty() || (!writer.own.empty() && writer.own.front().queued <= queue_.front().queued);
  auto& queue = own ? writer.own : queue_;
  WorkPiece piece = std::move(queue.front());
  queue.pop_front();
  --waiting_;
  return piece;
}

void SqlStore::PutBack(Writer& writer, std::deque<WorkPiece>& pieces) {
  const std::lock_guard lock{queue_mutex_};
  waiting_ += pieces.size();
  // They were queued before all the others: they are taken first.
  writer.own.insert(writer.own.begin(), std::make_move_iterator(pieces.begin()), std::make_move_iterator(pieces.end()));
}

std::size_t SqlStore::MostOfGroup() {
  if (writers_.size() == 1) return kMaxGroup;
  const std::lock_guard lock{queue_mutex_};
  return std::clamp(waiting_ / writers_.size(), kLeastShare, kMaxGroup);
}

void SqlStore::WriteGroup(Writer& writer) {
  WorkGroup group{writer.connection, outbox_, options_.clock};
  const std::size_t most = MostOfGroup();
  const auto end = steady_clock::now() + kMaxGroupTime;
  try {
    while (group.outcomes().size() < most && steady_clock::now() < end && group.again().empty()) {
      std::optional<WorkPiece> piece = Take(writer);
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
  writer.connection.ForgetIfLost();
  const milliseconds rest = group.again().empty() ? milliseconds{0} : Rest(group.again().front().tries);
  PutBack(writer, group.again());
  WakeRelay(group.outcomes());
  answers_->Give(std::move(group.outcomes()));
  std::this_thread::sleep_for(rest);
}

void SqlStore::WakeRelay(const std::vector<WorkOutcome>& outcomes) {
  const bool published = std::any_of(outcomes.begin(), outcomes.end(), [](const WorkOutcome& outcome) {
    return outcome.result.ok() && outcome.published;
  });
  if (!published) return;
  const std::lock_guard lock{listener_mutex_};
  if (listener_) listener_();
}

void SqlStore::OnPublished(std::function<void()> listener) {
  const std::lock_guard lock{listener_mutex_};
  listener_ = std::move(listener);
}

}  // namespace hotline::platform
