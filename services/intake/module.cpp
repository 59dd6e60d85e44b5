#include "intake/module.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/server_builder.h>

#include "intake/adapters/outbox_events.h"
#include "intake/adapters/sibling_events.h"
#include "intake/adapters/sql_call_feed.h"
#include "intake/adapters/sql_call_table.h"
#include "intake/adapters/sql_case_numbers.h"
#include "intake/adapters/sql_case_table.h"
#include "intake/adapters/sql_contact_vault.h"
#include "intake/app/late_calls.h"
#include "intake/migrations.h"
#include "intake/rpc/intake_handler.h"
#include "platform/bus/consumer.h"
#include "platform/bus/topics.h"
#include "platform/config/config.h"
#include "platform/time.h"

namespace hotline::intake {
namespace {

constexpr std::string_view kGroup = "intake";

SiteDirectory SitesOf(const platform::Config& config) {
  auto sites = SiteDirectory::Parse(config.List("sites"), config.List("trust_call_time"));
  if (!sites.ok()) throw std::runtime_error{"setting sites: " + std::string{sites.status().message()}};
  return *std::move(sites);
}

/// Members in the order they depend on each other, so destruction runs in exactly the reverse.
class IntakeModule final : public platform::Module {
 public:
  explicit IntakeModule(platform::Resources& resources)
      : resources_{resources},
        sites_{SitesOf(resources.config)},
        vault_{resources.sealer},
        intake_{.sites = sites_,
                .calendar = WorkCalendar::China(),
                .routing = {.dispatch_confidence = resources.config.Real("dispatch_confidence"),
                            .answer_confidence = resources.config.Real("answer_confidence")},
                .patience = resources.config.Duration("intake_patience"),
                .calls = calls_,
                .feed = feed_,
                .cases = cases_,
                .numbers = numbers_,
                .vault = vault_,
                .events = events_,
                .notifier = resources.notifier},
        drafting_{intake_},
        desk_{intake_},
        handler_{intake_, cases_, platform::RpcResourcesOf(resources)} {
    if (const absl::Status migrated = resources.store.Migrate(Migrations()); !migrated.ok()) {
      throw std::runtime_error{"the schema of intake: " + std::string{migrated.message()}};
    }
  }

  void Register(grpc::ServerBuilder& builder) override { builder.RegisterService(&handler_); }

  void Start() override {
    const auto call_event = [this](Transaction& tx, const platform::Event& event) {
      return TakeCallEvent(drafting_, tx, event, resources_.clock.Now());
    };
    const auto follow_up = [this](Transaction& tx, const platform::Event& event) {
      return TakeFollowUpEvent(desk_, tx, event, resources_.clock.Now());
    };
    Consume(platform::kAssessmentsTopic, call_event);
    Consume(platform::kAlertsTopic, call_event);
    Consume(platform::kAdviceTopic, call_event);
    Consume(platform::kFollowUpsTopic, follow_up);
    late_calls_ = std::make_unique<LateCalls>(intake_, drafting_, resources_.store, resources_.clock);
  }

  void Stop() override {
    for (const auto& subscription : subscriptions_) subscription->Stop();
    late_calls_.reset();
  }

 private:
  void Consume(std::string_view topic, const platform::EventEffect& effect) {
    const auto of_own_sites = [this, effect](Transaction& tx, const platform::Event& event) {
      const absl::Status status = effect(tx, event);
      // The log of another site, mirrored here: its own intake has the call.
      return absl::IsNotFound(status) && !Serves(event) ? absl::OkStatus() : status;
    };
    subscriptions_.push_back(platform::ConsumeInto(resources_.store, resources_.bus, resources_.sealer,
                                                   resources_.metrics, topic, kGroup, of_own_sites));
  }

  [[nodiscard]] bool Serves(const platform::Event& event) const {
    return sites_.Find(std::string_view{event.key}.substr(0, event.key.find('/'))) != nullptr;
  }

  platform::Resources& resources_;
  const SiteDirectory sites_;
  SqlCallTable calls_;
  SqlCallFeed feed_;
  SqlCaseTable cases_;
  SqlCaseNumbers numbers_;
  SqlContactVault vault_;
  OutboxEvents events_;
  const Intake intake_;
  const Drafting drafting_;
  const CaseDesk desk_;
  IntakeHandler handler_;
  std::vector<std::unique_ptr<platform::Subscription>> subscriptions_;
  std::unique_ptr<LateCalls> late_calls_;  // Last: its thread calls into the above.
};

}  // namespace

std::unique_ptr<platform::Module> MakeModule(platform::Resources& resources) {
  return std::make_unique<IntakeModule>(resources);
}

}  // namespace hotline::intake
