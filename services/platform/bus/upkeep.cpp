#include "platform/bus/upkeep.h"

#include <optional>
#include <string>

#include "platform/telemetry/log.h"
#include "platform/telemetry/metrics.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

constexpr int kTicksASweep = 60;
constexpr int kTicksALag = 5;
constexpr std::int64_t kSweepRows = 500;  // In one transaction: the events have the right of way.
constexpr int kSweepSteps = 100;

}  // namespace

ConsumerUpkeep::ConsumerUpkeep(Store& store, Bus& bus, const Applier& applier, const ConsumerOptions& options)
    : store_{store}, bus_{bus}, applier_{applier}, options_{options}, thread_{[this] { Run(); }} {}

void ConsumerUpkeep::LookBehind(const KeyOfSource& key) {
  const std::lock_guard lock{mutex_};
  if (!parked_keys_.contains(key)) return;
  look_ = true;
  woken_.notify_one();
}

void ConsumerUpkeep::Stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  woken_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ConsumerUpkeep::Run() {
  int tick = 0;
  do {
    DrainParked();
    if (tick % kTicksALag == 0) ReportLag();
    if (tick % kTicksASweep == 0) Sweep();
    ++tick;
  } while (Pause());
}

bool ConsumerUpkeep::Stopping() {
  const std::lock_guard lock{mutex_};
  return stopping_;
}

bool ConsumerUpkeep::Pause() {
  std::unique_lock lock{mutex_};
  woken_.wait_for(lock, options_.tick, [this] { return look_ || stopping_; });
  look_ = false;
  return !stopping_;
}

void ConsumerUpkeep::DrainParked() {
  for (const KeyOfSource& key : FindDueKeys()) {
    while (!Stopping() && DrainOne(key)) {
    }
  }
  if (!parked_keys_.empty()) EndWaiting();
}

std::vector<KeyOfSource> ConsumerUpkeep::FindDueKeys() {
  std::vector<KeyOfSource> due;
  std::set<KeyOfSource> keys;
  const Inbox& inbox = applier_.inbox;
  const absl::Status read = store_.Read([&](Session& session) {
    for (const Row& row : session.Query("SELECT DISTINCT source, event_key FROM parked_events "
                                        "WHERE consumer_group = :1 AND topic = :2 AND state <> 'skipped' LIMIT 1000",
                                        {inbox.group(), inbox.topic()})) {
      const KeyOfSource key{row.Text(0), row.Text(1)};
      const auto head = inbox.Head(session, key);
      if (head.has_value() && (head->state == "queued" || inbox.Ready(session, *head))) due.push_back(key);
      keys.insert(key);
    }
    return absl::OkStatus();
  });
  if (!read.ok()) return {};  // The next tick looks again.
  const std::lock_guard lock{mutex_};
  parked_keys_ = std::move(keys);
  return due;
}

bool ConsumerUpkeep::DrainOne(const KeyOfSource& key) {
  std::optional<ParkedEvent> head;
  bool ready = false;
  const absl::Status status = store_.InTransaction([&](Transaction& transaction) -> absl::Status {
    head = applier_.inbox.Head(transaction, key);
    ready = head.has_value() && applier_.inbox.Ready(transaction, *head);
    if (head.has_value() && !ready) applier_.inbox.AwaitMissing(transaction, *head, applier_.clock.Now());
    if (!ready) return absl::OkStatus();
    if (absl::Status applied = applier_.Effect(transaction, head->event); !applied.ok()) return applied;
    Inbox::Unpark(transaction, head->id);
    return absl::OkStatus();
  });
  if (status.ok()) return ready;
  if (!ready || WorthRetrying(status)) return false;
  applier_.ReportDead(head->event, status);
  static_cast<void>(store_.InTransaction([&](Transaction& transaction) {
    Inbox::MarkDead(transaction, head->id, DeadLetterReason(status), applier_.clock.Now());
    return absl::OkStatus();
  }));  // When this fails, the next tick comes to the same end.
  return false;
}

void ConsumerUpkeep::EndWaiting() {
  std::int64_t ended = 0;
  const absl::Status status = store_.InTransaction([&](Transaction& transaction) {
    ended = applier_.inbox.EndWaiting(transaction, applier_.clock.Now() - options_.gap_wait);
    return absl::OkStatus();
  });
  if (!status.ok() || ended == 0) return;
  applier_.metrics.Add("hotline_consumer_dead_letters_total", static_cast<double>(ended),
                       {{"topic", applier_.inbox.topic()}, {"group", applier_.inbox.group()}});
  Log(LogLevel::kError, "consumer.gap",
      {{"topic", applier_.inbox.topic()}, {"group", applier_.inbox.group()}, {"events", ended}});
}

void ConsumerUpkeep::ReportLag() {
  const absl::StatusOr<std::int64_t> lag = bus_.Lag(applier_.inbox.topic(), applier_.inbox.group());
  if (!lag.ok()) return;
  applier_.metrics.Set("hotline_consumer_lag_events", static_cast<double>(*lag),
                       {{"topic", applier_.inbox.topic()}, {"group", applier_.inbox.group()}});
}

void ConsumerUpkeep::Sweep() {
  const std::int64_t cutoff = (applier_.clock.Now() - options_.inbox_memory).time_since_epoch().count();
  std::int64_t removed = kSweepRows;
  absl::Status swept;
  for (int step = 0; swept.ok() && removed == kSweepRows && step < kSweepSteps && !Stopping(); ++step) {
    swept = store_.InTransaction([&](Transaction& transaction) {
      removed = transaction.Execute(
          "DELETE FROM inbox WHERE (consumer_group, source, event_id) IN (SELECT consumer_group, source, event_id "
          "FROM inbox WHERE applied_at < :1 ORDER BY applied_at LIMIT :2 /*SKIP LOCKED*/)",
          {cutoff, kSweepRows});
      return absl::OkStatus();
    });
  }
  if (!swept.ok()) Log(LogLevel::kWarning, "consumer.sweep_failed", {{"group", applier_.inbox.group()}});
}

}  // namespace hotline::platform
