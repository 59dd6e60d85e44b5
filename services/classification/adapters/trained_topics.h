#pragma once

#include <memory>

#include "classification/domain/topics.h"
#include "language/models.h"

namespace hotline::classification {

/// The trained topic model as the reader asks for it; keeps the models alive.
[[nodiscard]] inline TopicModel TrainedTopics(std::shared_ptr<const language::Models> models) {
  return [models = std::move(models)](std::string_view text) {
    std::vector<Scored<std::string>> topics;
    for (const language::Scored& topic : models->Topics(text))
      topics.push_back({std::string{topic.label}, topic.probability});
    return topics;
  };
}

}  // namespace hotline::classification
