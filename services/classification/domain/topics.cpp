#include "classification/domain/topics.h"

#include <algorithm>
#include <map>

namespace hotline::classification {

std::string TextOf(std::span<const WeightedText> texts) {
  std::string all;
  for (const WeightedText& text : texts) {
    if (text.weight >= 1) all.append(text.text).append("\n");
  }
  return all;
}

MatterReading ReadMatter(const DispatchDirectory& directory, const TrainedReading* trained,
                         std::span<const WeightedText> texts) {
  constexpr double kTrained = .35;  // The model was trained on letters, calls are spoken: the directory leads.
  MatterReading reading{.matters = directory.Match(texts), .topics = {}};
  std::map<std::string, double> topics;
  for (const MatterMatch& match : reading.matters) topics[match.entry->topic] += match.probability;
  if (trained != nullptr) {
    const double share = reading.matters.empty() ? 1.0 : kTrained;
    for (auto& [topic, probability] : topics) probability *= 1 - share;
    for (const auto& [topic, probability] : trained->topics) topics[topic] += share * probability;
  }
  for (const auto& [topic, probability] : topics) reading.topics.push_back({topic, probability});
  std::stable_sort(reading.topics.begin(), reading.topics.end(),
                   [](const auto& a, const auto& b) { return a.probability > b.probability; });
  if (reading.topics.size() > 3) reading.topics.resize(3);
  return reading;
}

}  // namespace hotline::classification
