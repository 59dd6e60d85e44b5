#pragma once

#include <memory>

#include "classification/domain/topics.h"
#include "language/models.h"
#include "platform/telemetry/metrics.h"

namespace hotline::classification {

/// The trained topic model as the reader asks for it, in the haste of a live turn; keeps the models alive. `metrics`,
/// which may be null, counts what the encoder answered and what it left to the linear heads.
[[nodiscard]] inline TopicModel TrainedTopics(std::shared_ptr<const language::Models> models,
                                              platform::Metrics* metrics = nullptr) {
  return [models = std::move(models), metrics](std::string_view text) {
    const auto [topics, model] = models->TopicsSoon(text);
    const bool encoder = model != models->linear_version();
    if (metrics != nullptr)
      metrics->Add("hotline_classification_topics_total", 1, {{"encoder", encoder ? "true" : "false"}});
    TrainedReading reading{.topics = {}, .model = std::string{model}};
    for (const language::Scored& topic : topics)
      reading.topics.push_back({std::string{topic.label}, topic.probability});
    return reading;
  };
}

}  // namespace hotline::classification
