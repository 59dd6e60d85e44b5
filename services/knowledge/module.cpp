#include "knowledge/module.h"

#include <stdexcept>
#include <string>

#include <grpcpp/server_builder.h>

#include "knowledge/adapters/outbox_events.h"
#include "knowledge/adapters/shared_choice_cache.h"
#include "knowledge/adapters/sql_knowledge_table.h"
#include "knowledge/adapters/turn_events.h"
#include "knowledge/adapters/xapian_index.h"
#include "knowledge/app/advisor.h"
#include "knowledge/app/answerer.h"
#include "knowledge/app/librarian.h"
#include "knowledge/app/library.h"
#include "knowledge/migrations.h"
#include "knowledge/rpc/knowledge_handler.h"
#include "platform/bus/consumer.h"
#include "platform/bus/topics.h"
#include "platform/concurrency/worker_pool.h"
#include "platform/config/config.h"

namespace hotline::knowledge {
namespace {

constexpr std::string_view kGroup = "knowledge";

/// Members in the order they depend on each other, so destruction runs in exactly the reverse.
class KnowledgeModule final : public platform::Module {
 public:
  explicit KnowledgeModule(platform::Resources& resources)
      : resources_{resources},
        library_{resources.store, table_, index_},
        cache_{resources.cache, resources.sealer},
        answerer_{
            library_, cache_, resources.clock,
            [&workers = resources.workers](std::function<void()> work) { return workers.TrySubmit(std::move(work)); },
            AnswerPolicy{}},
        librarian_{table_, events_},
        advisor_{library_, answerer_, table_, events_},
        handler_{library_,
                 answerer_,
                 librarian_,
                 table_,
                 SiteRegions{resources.config.List("sites")},
                 platform::RpcResourcesOf(resources)} {
    if (const absl::Status migrated = resources.store.Migrate(Migrations()); !migrated.ok()) {
      throw std::runtime_error{"the schema of knowledge: " + std::string{migrated.message()}};
    }
    library_.Freshen();  // The first question does not wait for the index.
  }

  void Register(grpc::ServerBuilder& builder) override { builder.RegisterService(&handler_); }

  void Start() override {
    assessments_ = platform::ConsumeInto(
        resources_.store, resources_.bus, resources_.sealer, resources_.metrics, platform::kAssessmentsTopic, kGroup,
        [this](Transaction& tx, const platform::Event& event) { return TakeAssessment(advisor_, tx, event); });
  }

  void Stop() override {
    if (assessments_) assessments_->Stop();
  }

 private:
  platform::Resources& resources_;
  SqlKnowledgeTable table_;
  XapianIndex index_;
  OutboxEvents events_;
  Library library_;
  SharedChoiceCache cache_;
  Answerer answerer_;
  Librarian librarian_;
  const Advisor advisor_;
  KnowledgeHandler handler_;
  std::unique_ptr<platform::Subscription> assessments_;  // Last: it calls into all of the above.
};

}  // namespace

std::unique_ptr<platform::Module> MakeModule(platform::Resources& resources) {
  return std::make_unique<KnowledgeModule>(resources);
}

}  // namespace hotline::knowledge
