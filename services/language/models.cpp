#include "language/models.h"

#include <cstdlib>

#include "language/satisfaction.h"
#include "language/text.h"

namespace hotline::language {

absl::StatusOr<std::shared_ptr<const Models>> Models::Load(const std::filesystem::path& directory) {
  std::shared_ptr<Models> models{new Models};
  absl::Status status;
  const auto load = [&](const char* name) -> std::unique_ptr<const LinearModel> {
    auto model = LinearModel::Load(directory / name);
    if (model.ok()) return *std::move(model);
    status.Update(model.status());
    return nullptr;
  };
  models->topics_ = load("topics.model");
  models->post_emotion_ = load("post_emotion.model");
  models->helpdesk_ = load("helpdesk.model");
  models->shop_ = load("shop.model");
  if (!status.ok()) return status;
  models->version_ = models->topics_->version();
  return models;
}

std::vector<Scored> Models::Topics(std::string_view text, std::span<const std::string_view> among) const {
  return topics_->Rank(text, among);
}

std::vector<LabelEvidence> Models::TopicEvidence(std::string_view text, std::string_view topic,
                                                 std::size_t limit) const {
  return topics_->Evidence(text, topic, limit);
}

std::vector<Scored> Models::PostEmotions(std::string_view text) const { return post_emotion_->Rank(text); }

SatisfactionForecast Models::Forecast(std::span<const DialogueTurn> turns, DialogueStyle) const {
  SatisfactionForecast forecast{.distribution = helpdesk_->Probabilities(HelpdeskText(turns)),
                                .dissatisfied = std::vector<double>(turns.size(), 0.0)};
  for (std::size_t i = 0; i < turns.size(); ++i) {
    if (turns[i].speaker == Speaker::kCaller) forecast.dissatisfied[i] = shop_->Probabilities(ShopText(turns, i))[1];
  }
  return forecast;
}

std::filesystem::path ModelDirectory(const std::filesystem::path& configured) {
  if (!configured.empty()) return configured;
  if (const char* const named = std::getenv("HOTLINE_MODEL_DIR"); named != nullptr && *named != '\0') return named;
  std::error_code ignored;
  const auto installed =
      std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "../share/hotline/models";
  return std::filesystem::exists(installed) ? installed : std::filesystem::path{HOTLINE_LANGUAGE_DIR "/models"};
}

}  // namespace hotline::language
