#include "escalation/module.h"

#include <stdexcept>
#include <string>
#include <vector>

#include <grpcpp/server_builder.h>

#include "escalation/adapters/bus_call_events.h"
#include "escalation/adapters/sibling_events.h"
#include "escalation/adapters/sql_alert_table.h"
#include "escalation/adapters/sql_call_table.h"
#include "escalation/app/alerts.h"
#include "escalation/app/assessments.h"
#include "escalation/app/late_turns.h"
#include "escalation/migrations.h"
#include "escalation/rpc/escalation_handler.h"
#include "platform/bus/consumer.h"
#include "platform/bus/topics.h"
#include "platform/config/config.h"
#include "platform/time.h"

namespace hotline::escalation {
namespace {

constexpr std::string_view kGroup = "escalation";

/// Members in the order they depend on each other, so destruction runs in exactly the reverse.
class EscalationModule final : public platform::Module {
 public:
  explicit EscalationModule(platform::Resources& resources)
      : resources_{resources},
        alerts_{alert_table_, calls_, events_, resources.notifier, resources.metrics},
        assessments_{RiskModel::Get(), calls_, events_, alerts_, resources.metrics},
        handler_{alerts_, alert_table_, calls_, platform::RpcResourcesOf(resources)} {
    if (const absl::Status migrated = resources.store.Migrate(Migrations()); !migrated.ok()) {
      throw std::runtime_error{"the schema of escalation: " + std::string{migrated.message()}};
    }
  }

  void Register(grpc::ServerBuilder& builder) override { builder.RegisterService(&handler_); }

  void Start() override {
    late_turns_ =
        std::make_unique<LateTurns>(assessments_, calls_, resources_.store, resources_.clock,
                                    resources_.config.Duration("escalation_patience"), [this] { return IsBehind(); });
    Consume(platform::kCallsTopic, TakeCallEvent);
    Consume(platform::kAssessmentsTopic, TakeReading);
  }

  void Stop() override {
    for (const auto& subscription : subscriptions_) subscription->Stop();
    late_turns_.reset();
  }

 private:
  using Take = absl::Status (*)(const Assessments&, platform::Transaction&, const platform::Event&, Time);

  void Consume(std::string_view topic, Take take) {
    subscriptions_.push_back(platform::ConsumeInto(resources_.store, resources_.bus, resources_.sealer,
                                                   resources_.metrics, topic, kGroup,
                                                   [this, take](platform::Transaction& tx, const platform::Event& e) {
                                                     return take(assessments_, tx, e, resources_.clock.Now());
                                                   }));
  }

  /// Whether the log holds turns or readings that this service has not read. Nothing known counts as behind.
  bool IsBehind() {
    for (const std::string_view topic : {platform::kCallsTopic, platform::kAssessmentsTopic}) {
      const absl::StatusOr<std::int64_t> lag = resources_.bus.Lag(topic, kGroup);
      if (!lag.ok() || *lag > 0) return true;
    }
    return false;
  }

  platform::Resources& resources_;
  SqlCallTable calls_;
  SqlAlertTable alert_table_;
  BusCallEvents events_;
  Alerts alerts_;
  const Assessments assessments_;
  EscalationHandler handler_;
  std::vector<std::unique_ptr<platform::Subscription>> subscriptions_;
  std::unique_ptr<LateTurns> late_turns_;  // Last: its thread calls into the above.
};

}  // namespace

std::unique_ptr<platform::Module> MakeModule(platform::Resources& resources) {
  return std::make_unique<EscalationModule>(resources);
}

}  // namespace hotline::escalation
