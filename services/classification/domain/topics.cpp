#include "classification/domain/topics.h"

#include <algorithm>
#include <map>
#include <utility>

namespace hotline::classification {

MatterReading ReadMatter(const DispatchDirectory& directory, const TopicModel& model,
                         std::span<const WeightedText> texts) {
  constexpr double kTrained = .35;  // The model was trained on letters, calls are spoken: the directory leads.
  MatterReading reading{.matters = directory.Match(texts), .topics = {}, .model = {}};
  std::map<std::string, double> topics;
  for (const MatterMatch& match : reading.matters) topics[match.entry->topic] += match.probability;
  if (model) {
    std::string all;
    for (const WeightedText& text : texts) {
      if (text.weight >= 1) all.append(text.text).append("\n");
    }
    const double share = reading.matters.empty() ? 1.0 : kTrained;
    for (auto& [topic, probability] : topics) probability *= 1 - share;
    TrainedReading trained = model(all);
    for (const auto& [topic, probability] : trained.topics) topics[topic] += share * probability;
    reading.model = std::move(trained.model);
  }
  for (const auto& [topic, probability] : topics) reading.topics.push_back({topic, probability});
  std::stable_sort(reading.topics.begin(), reading.topics.end(),
                   [](const auto& a, const auto& b) { return a.probability > b.probability; });
  if (reading.topics.size() > 3) reading.topics.resize(3);
  return reading;
}

}  // namespace hotline::classification
