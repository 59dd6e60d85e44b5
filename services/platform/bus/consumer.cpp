#include "platform/bus/consumer.h"

#include <string>
#include <utility>
#include <vector>

#include "platform/bus/apply.h"
#include "platform/bus/round.h"
#include "platform/bus/together.h"
#include "platform/bus/upkeep.h"
#include "platform/runtime/fault_points.h"
#include "platform/telemetry/metrics.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kSubmitPatience{30};

const WallClock kWallClock;

class Consumer final : public Subscription {
 public:
  Consumer(Store& store, Bus& bus, const Sealer& sealer, Metrics& metrics, std::string topic, std::string group,
           EventEffect effect, ConsumerOptions options)
      : store_{store},
        metrics_{metrics},
        applier_{Inbox{std::move(topic), std::move(group)}, sealer, std::move(effect),
                 options.clock == nullptr ? kWallClock : *options.clock, metrics},
        upkeep_{store, bus, applier_, options},
        subscription_{bus.Consume(inbox().topic(), inbox().group(),
                                  [this](std::span<const Delivery> deliveries) { return Handle(deliveries); })} {}

  void Stop() override {
    subscription_->Stop();
    upkeep_.Stop();
  }

 private:
  [[nodiscard]] const Inbox& inbox() const { return applier_.inbox; }

  absl::Status Handle(std::span<const Delivery> deliveries) {
    std::vector<const Event*> pending;
    for (const Delivery& delivery : deliveries) pending.push_back(&delivery.event);
    FaultPoint("consumer.before_work");
    pending = ApplyTogether(store_, applier_, pending, steady_clock::now() + kSubmitPatience);
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
    FaultPoint("consumer.after_work");
    metrics_.Add("hotline_consumer_events_total", static_cast<double>(deliveries.size()),
                 {{"topic", inbox().topic()}, {"group", inbox().group()}});
    return absl::OkStatus();
  }

  void Submit(const std::vector<const Event*>& events, Round& round) {
    const auto deadline = steady_clock::now() + kSubmitPatience;
    for (std::size_t i = 0; i < events.size(); ++i) {
      const Event& event = *events[i];
      const KeyOfSource key{event.source, event.key};
      store_.SubmitInOrder(
          event.source + " " + event.key,
          [this, &event, &round, i, key](Transaction& transaction) -> absl::Status {
            if (round.MustStandBack(i, key)) return absl::AbortedError("behind a failed event of its key");
            absl::Status status = applier_.InOrder(transaction, event);
            if (!status.ok()) return status;
            transaction.OnWritten([&round, key] { round.Succeeded(key); });
            transaction.OnCommit([this, key] { upkeep_.LookBehind(key); });
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
      absl::Status parked = store_.InTransaction([&](Transaction& transaction) {
        inbox().Park(transaction, *events[i], "dead", DeadLetterReason(status), applier_.clock.Now());
        return absl::OkStatus();
      });
      if (!parked.ok()) return parked;
      applier_.ReportDead(*events[i], status);
    }
    return retry;
  }

  Store& store_;
  Metrics& metrics_;
  const Applier applier_;
  ConsumerUpkeep upkeep_;
  std::unique_ptr<Subscription> subscription_;  // Last: its thread uses every field above.
};

}  // namespace

std::unique_ptr<Subscription> ConsumeInto(Store& store, Bus& bus, const Sealer& sealer, Metrics& metrics,
                                          std::string_view topic, std::string_view group, EventEffect effect,
                                          ConsumerOptions options) {
  return std::make_unique<Consumer>(store, bus, sealer, metrics, std::string{topic}, std::string{group},
                                    std::move(effect), options);
}

}  // namespace hotline::platform
