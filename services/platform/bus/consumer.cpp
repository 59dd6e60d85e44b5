#include "platform/bus/consumer.h"

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "platform/bus/apply.h"
#include "platform/telemetry/log.h"
#include "platform/telemetry/metrics.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kSubmitPatience{30};
constexpr int kTicksASweep = 60;
constexpr int kTicksALag = 5;

const WallClock kWallClock;

/// Events of one batch on their way through the store: submitted together, so that they share commits, and awaited
/// together. When one fails, the later ones of its key in this batch stand back.
class Round {
 public:
  enum class Verdict { kWaiting, kDone, kStoodBack, kFailed };

  explicit Round(std::size_t events) : verdicts_(events, Verdict::kWaiting), statuses_(events), open_{events} {}

  /// On the store's thread, before an event is tried. From here on its key counts as failed until Succeeded(): the
  /// next event of the key may run before this one's outcome is told.
  bool MustStandBack(std::size_t i, const KeyOfSource& key) {
    const std::lock_guard lock{mutex_};
    if (failed_.insert(key).second) return false;
    verdicts_[i] = Verdict::kStoodBack;
    return true;
  }
  void Succeeded(const KeyOfSource& key) {
    const std::lock_guard lock{mutex_};
    failed_.erase(key);
  }

  void Finish(std::size_t i, const KeyOfSource& key, absl::Status status) {
    const std::lock_guard lock{mutex_};
    if (verdicts_[i] == Verdict::kWaiting) {
      verdicts_[i] = status.ok() ? Verdict::kDone : Verdict::kFailed;
      if (!status.ok()) failed_.insert(key);
      statuses_[i] = std::move(status);
    }
    if (--open_ == 0) finished_.notify_one();
  }

  void Wait() {
    std::unique_lock lock{mutex_};
    finished_.wait(lock, [this] { return open_ == 0; });
  }

  // After Wait():
  [[nodiscard]] Verdict verdict(std::size_t i) const { return verdicts_[i]; }
  [[nodiscard]] const absl::Status& status(std::size_t i) const { return statuses_[i]; }

 private:
  std::mutex mutex_;
  std::condition_variable finished_;
  std::vector<Verdict> verdicts_;
  std::vector<absl::Status> statuses_;
  std::set<KeyOfSource> failed_;
  std::size_t open_;
};

class Consumer final : public Subscription {
 public:
  Consumer(Store& store, Bus& bus, const Sealer& sealer, Metrics& metrics, std::string topic, std::string group,
           EventEffect effect, ConsumerOptions options)
      : store_{store},
        bus_{bus},
        metrics_{metrics},
        options_{options},
        clock_{options.clock == nullptr ? kWallClock : *options.clock},
        applier_{Inbox{std::move(topic), std::move(group)}, sealer, std::move(effect), clock_} {}
  ~Consumer() override { Stop(); }

  void Start() {
    upkeep_ = std::thread{[this] { Upkeep(); }};
    subscription_ = bus_.Consume(inbox().topic(), inbox().group(),
                                 [this](std::span<const Delivery> deliveries) { return Handle(deliveries); });
  }

  void Stop() override {
    if (subscription_ != nullptr) subscription_->Stop();
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    woken_.notify_all();
    if (upkeep_.joinable()) upkeep_.join();
  }

 private:
  [[nodiscard]] const Inbox& inbox() const { return applier_.inbox; }

  absl::Status Handle(std::span<const Delivery> deliveries) {
    std::vector<const Event*> pending;
    for (const Delivery& delivery : deliveries) pending.push_back(&delivery.event);
    while (!pending.empty()) {
      Round round{pending.size()};
      Submit(pending, round);
      round.Wait();
      // Parking comes before the next round, so that those that stood back find their place behind the parked one.
      if (absl::Status settled = Settle(pending, round); !settled.ok()) return settled;
      std::vector<const Event*> next;
      for (std::size_t i = 0; i < pending.size(); ++i) {
        if (round.verdict(i) == Round::Verdict::kStoodBack) next.push_back(pending[i]);
      }
      pending = std::move(next);
    }
    metrics_.Add("hotline_consumer_events_total", static_cast<double>(deliveries.size()),
                 {{"topic", inbox().topic()}, {"group", inbox().group()}});
    return absl::OkStatus();
  }

  void Submit(const std::vector<const Event*>& events, Round& round) {
    const auto deadline = steady_clock::now() + kSubmitPatience;
    for (std::size_t i = 0; i < events.size(); ++i) {
      const Event& event = *events[i];
      const KeyOfSource key{event.source, event.key};
      store_.Submit(
          [this, &event, &round, i, key](Transaction& transaction) -> absl::Status {
            if (round.MustStandBack(i, key)) return absl::AbortedError("behind a failed event of its key");
            absl::Status status = applier_.InOrder(transaction, event);
            if (!status.ok()) return status;
            round.Succeeded(key);
            transaction.OnCommit([this, key] { LookBehind(key); });
            return status;
          },
          deadline, [&round, i, key](absl::Status status) { round.Finish(i, key, std::move(status)); });
    }
  }

  /// Parks the events nothing can be done about. An error is one worth a retry of the whole batch.
  absl::Status Settle(const std::vector<const Event*>& events, const Round& round) {
    absl::Status retry;
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (round.verdict(i) != Round::Verdict::kFailed) continue;
      const absl::Status& status = round.status(i);
      if (WorthRetrying(status)) {
        metrics_.Add("hotline_consumer_retries_total", 1, {{"topic", inbox().topic()}, {"group", inbox().group()}});
        retry = status;
        continue;
      }
      const absl::Status parked = store_.InTransaction([&](Transaction& transaction) {
        inbox().Park(transaction, *events[i], "dead", DeadLetterReason(status), clock_.Now());
        return absl::OkStatus();
      });
      if (!parked.ok()) return parked;
      ReportDead(*events[i], status);
    }
    return retry;
  }

  void ReportDead(const Event& event, const absl::Status& status) {
    metrics_.Add("hotline_consumer_dead_letters_total", 1, {{"topic", inbox().topic()}, {"group", inbox().group()}});
    Log(LogLevel::kError, "consumer.dead_letter",
        {{"topic", inbox().topic()},
         {"group", inbox().group()},
         {"event_id", event.id},
         {"type", event.type},
         {"code", absl::StatusCodeToString(status.code())}});
  }

  /// An applied event may have been the one that parked ones wait for. On the store's thread.
  void LookBehind(const KeyOfSource& key) {
    const std::lock_guard lock{mutex_};
    if (parked_keys_.contains(key)) woken_.notify_one();
  }

  /// Parked events whose time has come, waits that end, inbox rows that are too old.
  void Upkeep() {
    for (int tick = 0;; ++tick) {
      DrainParked();
      if (tick % kTicksALag == 0) ReportLag();
      if (tick % kTicksASweep == 0) Sweep();
      std::unique_lock lock{mutex_};
      woken_.wait_for(lock, options_.tick, [this] { return stopping_; });
      if (stopping_) return;
    }
  }

  /// Keys with parked events, and among them those whose first event can move.
  void FindParkedKeys(std::vector<KeyOfSource>& due) {
    std::set<KeyOfSource> keys;
    const absl::Status read = store_.Read([&](Session& session) {
      for (const Row& row : session.Query("SELECT DISTINCT source, event_key FROM parked_events "
                                          "WHERE consumer_group = :1 AND topic = :2 AND state <> 'skipped' LIMIT 1000",
                                          {inbox().group(), inbox().topic()})) {
        const KeyOfSource key{row.Text(0), row.Text(1)};
        const auto head = inbox().Head(session, key);
        if (head.has_value() && (head->state == "queued" || inbox().Ready(session, *head))) due.push_back(key);
        keys.insert(key);
      }
      return absl::OkStatus();
    });
    if (!read.ok()) return;  // The next tick looks again.
    const std::lock_guard lock{mutex_};
    parked_keys_ = std::move(keys);
  }

  void DrainParked() {
    std::vector<KeyOfSource> due;
    FindParkedKeys(due);
    for (const KeyOfSource& key : due) {
      while (!Stopping() && DrainOne(key)) {
      }
    }
    if (!parked_keys_.empty()) EndWaiting();
  }

  bool Stopping() {
    const std::lock_guard lock{mutex_};
    return stopping_;
  }

  /// Applies the first parked event of a key, when its time has come. True when the next one may follow.
  bool DrainOne(const KeyOfSource& key) {
    std::optional<ParkedEvent> head;
    bool ready = false;
    const absl::Status status = store_.InTransaction([&](Transaction& transaction) -> absl::Status {
      head = inbox().Head(transaction, key);
      ready = head.has_value() && inbox().Ready(transaction, *head);
      if (head.has_value() && !ready) inbox().AwaitMissing(transaction, *head, clock_.Now());
      if (!ready) return absl::OkStatus();
      if (absl::Status applied = applier_.Effect(transaction, head->event); !applied.ok()) return applied;
      Inbox::Unpark(transaction, head->id);
      return absl::OkStatus();
    });
    if (status.ok()) return ready;
    if (!ready || WorthRetrying(status)) return false;
    ReportDead(head->event, status);
    static_cast<void>(store_.InTransaction([&](Transaction& transaction) {
      Inbox::MarkDead(transaction, head->id, DeadLetterReason(status), clock_.Now());
      return absl::OkStatus();
    }));  // When this fails, the next tick comes to the same end.
    return false;
  }

  void EndWaiting() {
    std::int64_t ended = 0;
    const absl::Status status = store_.InTransaction([&](Transaction& transaction) {
      ended = inbox().EndWaiting(transaction, clock_.Now() - options_.gap_wait);
      return absl::OkStatus();
    });
    if (!status.ok() || ended == 0) return;
    metrics_.Add("hotline_consumer_dead_letters_total", static_cast<double>(ended),
                 {{"topic", inbox().topic()}, {"group", inbox().group()}});
    Log(LogLevel::kError, "consumer.gap", {{"topic", inbox().topic()}, {"group", inbox().group()}, {"events", ended}});
  }

  void ReportLag() {
    const absl::StatusOr<std::int64_t> lag = bus_.Lag(inbox().topic(), inbox().group());
    if (!lag.ok()) return;
    metrics_.Set("hotline_consumer_lag_events", static_cast<double>(*lag),
                 {{"topic", inbox().topic()}, {"group", inbox().group()}});
  }

  void Sweep() {
    const std::int64_t cutoff = (clock_.Now() - options_.inbox_memory).time_since_epoch().count();
    const absl::Status swept = store_.InTransaction([&](Transaction& transaction) {
      transaction.Execute(
          "DELETE FROM inbox WHERE (consumer_group, source, event_id) IN (SELECT consumer_group, source, event_id "
          "FROM inbox WHERE applied_at < :1 ORDER BY applied_at LIMIT 500)",
          {cutoff});
      return absl::OkStatus();
    });
    if (!swept.ok()) Log(LogLevel::kWarning, "consumer.sweep_failed", {{"group", inbox().group()}});
  }

  Store& store_;
  Bus& bus_;
  Metrics& metrics_;
  const ConsumerOptions options_;
  const Clock& clock_;
  const Applier applier_;

  std::mutex mutex_;
  std::condition_variable woken_;
  std::set<KeyOfSource> parked_keys_;  // Written by the upkeep's thread alone.
  bool stopping_ = false;
  std::thread upkeep_;
  std::unique_ptr<Subscription> subscription_;  // Last: it uses every field above.
};

}  // namespace

std::unique_ptr<Subscription> ConsumeInto(Store& store, Bus& bus, const Sealer& sealer, Metrics& metrics,
                                          std::string_view topic, std::string_view group, EventEffect effect,
                                          ConsumerOptions options) {
  auto consumer = std::make_unique<Consumer>(store, bus, sealer, metrics, std::string{topic}, std::string{group},
                                             std::move(effect), options);
  consumer->Start();
  return consumer;
}

}  // namespace hotline::platform
