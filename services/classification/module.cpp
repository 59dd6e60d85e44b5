#include "classification/module.h"

#include <stdexcept>
#include <string>
#include <utility>

#include <grpcpp/server_builder.h>

#include "classification/adapters/backlog.h"
#include "classification/adapters/call_events.h"
#include "classification/adapters/outbox_events.h"
#include "classification/adapters/sql_call_table.h"
#include "classification/adapters/trained_heads.h"
#include "classification/app/assessments.h"
#include "classification/migrations.h"
#include "classification/rpc/classification_handler.h"
#include "platform/bus/consumer.h"
#include "platform/bus/topics.h"
#include "platform/config/config.h"
#include "platform/runtime/heartbeat.h"
#include "platform/telemetry/log.h"

namespace hotline::classification {
namespace {

constexpr std::string_view kGroup = "classification";

std::unique_ptr<language::CurrentModels> LoadModels(const platform::Config& config) {
  auto models = language::CurrentModels::Load(language::ModelDirectory(config.Path("model_dir")));
  if (!models.ok()) throw std::runtime_error{"the language models: " + std::string{models.status().message()}};
  return *std::move(models);
}

std::unique_ptr<Backlog> WatchBacklog(platform::Resources& resources) {
  const std::int64_t limit = resources.config.Integer("encoder_backlog");
  if (limit <= 0) return nullptr;
  return std::make_unique<Backlog>(resources.bus, std::string{platform::kCallsTopic}, std::string{kGroup}, limit);
}

/// Members in the order they depend on each other, so destruction runs in exactly the reverse.
class ClassificationModule final : public platform::Module {
 public:
  explicit ClassificationModule(platform::Resources& resources)
      : resources_{resources},
        models_{LoadModels(resources.config)},
        backlog_{WatchBacklog(resources)},
        reader_{DispatchDirectory::Get(), EmotionReader::Get(), KindReader::Get(),
                TrainedHeads([this] { return InUse(); }, &resources.metrics)},
        assessments_{reader_, calls_, events_},
        handler_{reader_, *models_, calls_, platform::RpcResourcesOf(resources)} {
    Tell(*models_->Get());
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
    const auto period = resources_.config.Duration("model_refresh");
    if (period.count() > 0) refresh_ = std::make_unique<platform::Heartbeat>(period, [this] { RefreshModels(); });
  }

  void Stop() override {
    refresh_.reset();
    if (call_events_) call_events_->Stop();
    if (backlog_) backlog_->Stop();
  }

 private:
  /// Whoever must read thousands reads them with the linear heads.
  ModelsInUse InUse() const {
    const bool hurry = backlog_ && backlog_->too_long();
    return {.models = models_->Get(), .readers = hurry ? language::Readers::kLinearHeads : language::Readers::kAll};
  }

  static void Tell(const language::Models& models) {
    platform::Log(platform::LogLevel::kInfo, models.has_encoder() ? "encoder.loaded" : "encoder.absent",
                  {{"models", models.version()}});
  }

  void RefreshModels() {
    using Look = language::CurrentModels::Look;
    const absl::StatusOr<Look> look = models_->Refresh();
    if (look.ok() && *look != Look::kReplaced) return;
    resources_.metrics.Add("hotline_classification_model_reloads_total", 1, {{"ok", look.ok() ? "true" : "false"}});
    if (look.ok()) {
      Tell(*models_->Get());
    } else {
      platform::Log(platform::LogLevel::kError, "models.refused",
                    {{"reason", std::string{look.status().message()}}, {"in_use", models_->Get()->version()}});
    }
  }

  platform::Resources& resources_;
  const std::unique_ptr<language::CurrentModels> models_;
  const std::unique_ptr<Backlog> backlog_;  ///< Null where nobody is ever spared.
  const Reader reader_;
  SqlCallTable calls_;
  OutboxEvents events_;
  const Assessments assessments_;
  ClassificationHandler handler_;
  std::unique_ptr<platform::Subscription> call_events_;  // Last two: they call into all of the above.
  std::unique_ptr<platform::Heartbeat> refresh_;
};

}  // namespace

std::unique_ptr<platform::Module> MakeModule(platform::Resources& resources) {
  return std::make_unique<ClassificationModule>(resources);
}

}  // namespace hotline::classification
