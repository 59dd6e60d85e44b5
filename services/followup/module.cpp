#include "followup/module.h"

#include <stdexcept>
#include <string>

#include <grpcpp/server_builder.h>

#include "followup/adapters/bus_follow_up_events.h"
#include "followup/adapters/messages.h"
#include "followup/adapters/sql_follow_up_table.h"
#include "followup/app/follow_ups.h"
#include "followup/migrations.h"
#include "followup/rpc/follow_up_handler.h"
#include "followup/site_policies.h"
#include "platform/bus/consumer.h"
#include "platform/bus/topics.h"

namespace hotline::followup {
namespace {

constexpr std::string_view kGroup = "followup";

SitePolicies PoliciesOrThrow(const platform::Config& config) {
  absl::StatusOr<SitePolicies> policies = SitePolicies::From(config);
  if (!policies.ok()) throw std::runtime_error{std::string{policies.status().message()}};
  return *std::move(policies);
}

/// Members in the order they depend on each other, so destruction runs in exactly the reverse.
class FollowUpModule final : public platform::Module {
 public:
  explicit FollowUpModule(platform::Resources& resources)
      : resources_{resources},
        policies_{PoliciesOrThrow(resources.config)},
        follow_ups_{table_, events_, [this](std::string_view site) -> const SitePolicy& { return policies_.Of(site); }},
        handler_{follow_ups_, table_, platform::RpcResourcesOf(resources)} {
    if (const absl::Status migrated = resources.store.Migrate(Migrations()); !migrated.ok()) {
      throw std::runtime_error{"the schema of followup: " + std::string{migrated.message()}};
    }
  }

  void Register(grpc::ServerBuilder& builder) override { builder.RegisterService(&handler_); }

  void Start() override {
    cases_ = platform::ConsumeInto(resources_.store, resources_.bus, resources_.sealer, resources_.metrics,
                                   platform::kCasesTopic, kGroup,
                                   [this](platform::Transaction& tx, const platform::Event& event) {
                                     const absl::StatusOr<CaseSnapshot> snapshot = SnapshotFrom(event);
                                     return snapshot.ok() ? follow_ups_.Follow(tx, *snapshot) : snapshot.status();
                                   });
  }

  void Stop() override {
    if (cases_) cases_->Stop();
  }

 private:
  platform::Resources& resources_;
  const SitePolicies policies_;
  SqlFollowUpTable table_;
  BusFollowUpEvents events_;
  FollowUps follow_ups_;
  FollowUpHandler handler_;
  std::unique_ptr<platform::Subscription> cases_;  // Last: it calls into all of the above.
};

}  // namespace

std::unique_ptr<platform::Module> MakeModule(platform::Resources& resources) {
  return std::make_unique<FollowUpModule>(resources);
}

}  // namespace hotline::followup
