#include "classification/module.h"

#include <stdexcept>
#include <string>
#include <utility>

#include <grpcpp/server_builder.h>

#include "classification/adapters/call_events.h"
#include "classification/adapters/outbox_events.h"
#include "classification/adapters/sql_call_table.h"
#include "classification/adapters/trained_topics.h"
#include "classification/app/assessments.h"
#include "classification/migrations.h"
#include "classification/rpc/classification_handler.h"
#include "platform/bus/consumer.h"
#include "platform/bus/topics.h"
#include "platform/config/config.h"
#include "platform/telemetry/log.h"

namespace hotline::classification {
namespace {

constexpr std::string_view kGroup = "classification";

std::shared_ptr<const language::Models> LoadModels(const platform::Config& config) {
  auto models = language::Models::Load(language::ModelDirectory(config.Path("model_dir")));
  if (!models.ok()) throw std::runtime_error{"the language models: " + std::string{models.status().message()}};
  return *std::move(models);
}

/// Members in the order they depend on each other, so destruction runs in exactly the reverse.
class ClassificationModule final : public platform::Module {
 public:
  explicit ClassificationModule(platform::Resources& resources)
      : resources_{resources},
        models_{LoadModels(resources.config)},
        reader_{DispatchDirectory::Get(), EmotionReader::Get(), TrainedTopics(models_, &resources.metrics),
                models_->version()},
        assessments_{reader_, calls_, events_},
        handler_{reader_, *models_, calls_, platform::RpcResourcesOf(resources)} {
    platform::Log(platform::LogLevel::kInfo, models_->has_encoder() ? "encoder.loaded" : "encoder.absent",
                  {{"models", models_->version()}});
    if (const absl::Status migrated = resources.store.Migrate(Migrations()); !migrated.ok()) {
      throw std::runtime_error{"the schema of classification: " + std::string{migrated.message()}};
    }
  }

  void Register(grpc::ServerBuilder& builder) override { builder.RegisterService(&handler_); }

  void Start() override {
    call_events_ = platform::ConsumeInto(resources_.store, resources_.bus, resources_.sealer, resources_.metrics,
                                         platform::kCallsTopic, kGroup,
                                         [this](platform::Transaction& tx, const platform::Event& event) {
                                           return TakeCallEvent(assessments_, tx, event);
                                         });
  }

  void Stop() override {
    if (call_events_) call_events_->Stop();
  }

 private:
  platform::Resources& resources_;
  const std::shared_ptr<const language::Models> models_;
  const Reader reader_;
  SqlCallTable calls_;
  OutboxEvents events_;
  const Assessments assessments_;
  ClassificationHandler handler_;
  std::unique_ptr<platform::Subscription> call_events_;  // Last: it calls into all of the above.
};

}  // namespace

std::unique_ptr<platform::Module> MakeModule(platform::Resources& resources) {
  return std::make_unique<ClassificationModule>(resources);
}

}  // namespace hotline::classification
