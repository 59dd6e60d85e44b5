#include "platform/bus/outbox_relay.h"

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "platform/bus/outbox_leases.h"
#include "platform/bus/topics.h"
#include "platform/ids.h"
#include "platform/runtime/fault_points.h"
#include "platform/store/outbox.h"
#include "platform/telemetry/log.h"
#include "platform/telemetry/metrics.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

using std::chrono::steady_clock;

struct TopicRows {
  std::string_view topic;
  std::vector<OutboxRow> rows;
};

struct OldestRows {
  std::vector<TopicRows> topics;
  bool more = false;  ///< Perhaps.
};

const WallClock kWallClock;

/// Of those that are not `sent` yet.
OldestRows OldestOfEachTopic(Session& session, std::int64_t batch, std::span<const std::int64_t> shards,
                             const std::set<std::int64_t>& sent) {
  const auto was_sent = [&](const OutboxRow& row) { return sent.contains(row.id); };
  const std::int64_t most = batch + static_cast<std::int64_t>(sent.size());
  std::vector<OutboxRow> all = Outbox::Oldest(session, "", most, shards);
  OldestRows oldest{.topics = {}, .more = static_cast<std::int64_t>(all.size()) == most};
  std::erase_if(all, was_sent);
  for (const Topic& topic : AllTopics()) {
    std::vector<OutboxRow> rows;
    for (OutboxRow& row : all) {
      if (row.topic == topic.name) rows.push_back(std::move(row));
    }
    // Where many wait, other topics' may hide all of this one's.
    if (rows.empty() && oldest.more) {
      rows = Outbox::Oldest(session, topic.name, most, shards);
      std::erase_if(rows, was_sent);
    }
    if (!rows.empty()) oldest.topics.push_back({topic.name, std::move(rows)});
  }
  return oldest;
}

std::vector<Event> EventsOf(const std::vector<OutboxRow>& rows) {
  std::vector<Event> events;
  events.reserve(rows.size());
  for (const OutboxRow& row : rows) events.push_back(row.event);
  return events;
}

}  // namespace

OutboxRelay::OutboxRelay(Store& store, Bus& bus, Metrics& metrics, RelayOptions options)
    : store_{store},
      bus_{bus},
      metrics_{metrics},
      options_{std::move(options)},
      siblings_{store.siblings()},
      leases_{siblings_ == nullptr
                  ? nullptr
                  : std::make_unique<OutboxLeases>(store, options_.clock == nullptr ? kWallClock : *options_.clock,
                                                   NewUlid(kWallClock.Now()))},
      sent_{store, [this] { Wake(); }} {
  store_.OnPublished([this] {
    Wake();
    WakeSiblings();
  });
  if (siblings_ != nullptr) siblings_->OnWoken([this] { Wake(); });
  if (Sabotaged("skip_outbox")) {
    Outbox::send_directly = [this](std::string_view topic, const Event& event) {
      static_cast<void>(bus_.Append(topic, {&event, 1}, steady_clock::now() + options_.append_timeout));
    };
  }
  thread_ = std::thread{[this] { Run(); }};
}

OutboxRelay::~OutboxRelay() { Stop(steady_clock::now()); }

void OutboxRelay::Stop(steady_clock::time_point deadline) {
  {
    const std::lock_guard lock{mutex_};
    if (!stopping_) stop_deadline_ = deadline;
    stopping_ = true;
  }
  woken_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  store_.OnPublished(nullptr);
  if (siblings_ != nullptr) siblings_->OnWoken(nullptr);
}

void OutboxRelay::WakeSiblings() {
  if (shared_) siblings_->Wake();
}

void OutboxRelay::Wake() {
  {
    const std::lock_guard lock{mutex_};
    wake_ = true;
  }
  woken_.notify_one();
}

void OutboxRelay::Run() {
  for (bool last = false; !last;) {
    last = !Pause();  // A stop still sends what was committed before it.
    absl::StatusOr<bool> more = true;
    while (more.ok() && *more && !OutOfTime()) more = SendSome();
    ReportBacklog();
    if (more.ok()) {
      failures_ = 0;
      continue;
    }
    ++failures_;
    metrics_.Add("hotline_relay_failures_total", 1, {{"store", options_.store}});
    Log(LogLevel::kWarning, "relay.failed",
        {{"store", options_.store},
         {"code", absl::StatusCodeToString(more.status().code())},
         {"error", std::string{more.status().message()}},
         {"failures", std::int64_t{failures_}}});
  }
  static_cast<void>(sent_.RemoveNow());  // What stays goes again, and every consumer knows it.
  if (leases_ == nullptr) return;
  leases_->GiveBack();
  WakeSiblings();
}

void OutboxRelay::ReportBacklog() {
  if (steady_clock::now() < report_at_) return;
  report_at_ = steady_clock::now() + options_.tick;
  static_cast<void>(store_.Read([this](Session& session) {
    const std::int64_t waiting = Outbox::Size(session) - static_cast<std::int64_t>(sent_.size());
    metrics_.Set("hotline_outbox_events", static_cast<double>(std::max<std::int64_t>(waiting, 0)),
                 {{"store", options_.store}});
    return absl::OkStatus();
  }));  // A gauge that stays as it was until the next time.
}

bool OutboxRelay::Pause() {
  if (failures_ > 0) {
    std::unique_lock lock{mutex_};
    const auto pause = std::chrono::milliseconds{20} * (1 << std::min(failures_ - 1, 10));
    woken_.wait_for(lock, std::min(options_.longest_backoff, pause), [this] { return stopping_; });
    wake_ = false;
    return !stopping_;
  }
  for (const auto tick = steady_clock::now() + options_.tick;; sent_.Remove()) {
    const auto until = std::min(tick, sent_.due());
    std::unique_lock lock{mutex_};
    if (!woken_.wait_until(lock, until, [this] { return wake_ || stopping_; }) && until < tick) continue;
    wake_ = false;
    return !stopping_;
  }
}

bool OutboxRelay::OutOfTime() {
  const std::lock_guard lock{mutex_};
  return stopping_ && steady_clock::now() >= stop_deadline_;
}

absl::StatusOr<bool> OutboxRelay::MaySend() {
  if (leases_ == nullptr) return true;
  if (steady_clock::now() >= renew_at_) {
    if (absl::Status renewed = leases_->Renew(); !renewed.ok()) return renewed;
    renew_at_ = steady_clock::now() + std::min(options_.tick, OutboxLeases::kLasting / 4);
    shared_ = !leases_->alone();
  }
  return !leases_->held().empty();
}

absl::StatusOr<bool> OutboxRelay::SendSome() {
  if (absl::Status failed = sent_.TakeFailure(); !failed.ok()) return failed;
  if (absl::StatusOr<bool> may = MaySend(); !may.ok() || !*may) return may;
  // Several events of a key must be there for their order to be broken.
  if (Sabotaged("any_order")) std::this_thread::sleep_for(std::chrono::milliseconds{500});
  OldestRows oldest;
  const std::set<std::int64_t> already = sent_.ids();
  absl::Status status = store_.Read([&](Session& session) {
    oldest = OldestOfEachTopic(session, options_.batch,
                               leases_ == nullptr ? std::span<const std::int64_t>{} : leases_->held(), already);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (oldest.topics.empty()) return false;

  std::vector<OutboxRow> sent;
  for (TopicRows& of : oldest.topics) {
    if (Sabotaged("any_order")) std::reverse(of.rows.begin(), of.rows.end());
    FaultPoint("relay.before_publish");
    const absl::Status appended =
        bus_.Append(of.topic, EventsOf(of.rows), steady_clock::now() + options_.append_timeout);
    if (!appended.ok()) {
      status = appended;  // The other topics are still tried: one that is refused must not hold them.
      continue;
    }
    metrics_.Add("hotline_relay_sent_total", static_cast<double>(of.rows.size()), {{"topic", of.topic}});
    std::move(of.rows.begin(), of.rows.end(), std::back_inserter(sent));
  }
  FaultPoint("relay.after_publish");
  sent_.Add(sent);
  // Where many wait they leave before the next are read: else each would be read twice.
  if (oldest.more || static_cast<std::int64_t>(sent_.size()) >= options_.batch) {
    if (absl::Status removed = sent_.RemoveNow(); !removed.ok()) return removed;
  } else if (sent_.due() <= steady_clock::now()) {
    sent_.Remove();
  }
  if (!status.ok()) return status;
  return oldest.more;
}

}  // namespace hotline::platform
