#pragma once

#include <memory>

#include "classification/domain/topics.h"
#include "language/models.h"

namespace hotline::classification {

/// The trained topic model as the reader asks for it, in the haste of a live turn; keeps the models alive.
[[nodiscard]] inline TopicModel TrainedTopics(std::shared_ptr<const language::Models> models) {
  return [models = std::move(models)](std::string_view text) {
    const auto [topics, model] = models->TopicsSoon(text);
    TrainedReading reading{.topics = {}, .model = std::string{model}};
    for (const language::Scored& topic : topics) reading.topics.push_back({std::string{topic.label}, topic.probability});
    return reading;
  };
}

}  // namespace hotline::classification
