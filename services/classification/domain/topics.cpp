#include "classification/domain/topics.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace hotline::classification {
namespace {

// How much the models of whole calls count, chosen on calls that they have not seen (practice_third, practice_sixth);
// from .4 to 1 it is much the same.
constexpr double kTopicOfCall = .7;
constexpr double kLeadOfCall = .7;
constexpr double kOfCall = .5;

double Of(std::span<const Scored<std::string>> scored, const std::string& label) {
  constexpr double kUnheardOf = 1e-3;  // No model has seen everything.
  const auto found = std::find_if(scored.begin(), scored.end(), [&](const auto& one) { return one.label == label; });
  return std::max(kUnheardOf, found == scored.end() ? 0 : found->probability);
}

/// The words of the directory and the models of whole calls, as independent witnesses.
void Weigh(const TrainedDispatch& of_call, std::vector<MatterMatch>& matters) {
  double sum = 0;
  for (MatterMatch& match : matters) {
    match.probability *= std::pow(Of(of_call.topics, match.entry->topic), kTopicOfCall) *
                         std::pow(Of(of_call.departments, match.entry->lead), kLeadOfCall);
    sum += match.probability;
  }
  for (MatterMatch& match : matters) match.probability /= sum;
  std::stable_sort(matters.begin(), matters.end(),
                   [](const auto& a, const auto& b) { return a.probability > b.probability; });
}

void Mix(std::span<const Scored<std::string>> said, double share, std::map<std::string, double>& topics) {
  for (auto& [topic, probability] : topics) probability *= 1 - share;
  for (const auto& [topic, probability] : said) topics[topic] += share * probability;
}

}  // namespace

std::string TextOf(std::span<const WeightedText> texts) {
  std::string all;
  for (const WeightedText& text : texts) {
    if (text.weight >= 1) all.append(text.text).append("\n");
  }
  return all;
}

MatterReading ReadMatter(const DispatchDirectory& directory, const TrainedReading* trained,
                         std::span<const WeightedText> texts, const TrainedDispatch& of_call) {
  constexpr double kTrained = .35;  // The model was trained on letters, calls are spoken: the directory leads.
  MatterReading reading{.matters = directory.Match(texts), .topics = {}};
  if (!of_call.topics.empty()) Weigh(of_call, reading.matters);
  std::map<std::string, double> topics;
  for (const MatterMatch& match : reading.matters) topics[match.entry->topic] += match.probability;
  if (trained != nullptr) {
    const double share = reading.matters.empty() ? 1.0 : kTrained;
    Mix(trained->topics, share, topics);
  }
  if (!of_call.topics.empty()) Mix(of_call.topics, kOfCall, topics);
  for (const auto& [topic, probability] : topics) reading.topics.push_back({topic, probability});
  std::stable_sort(reading.topics.begin(), reading.topics.end(),
                   [](const auto& a, const auto& b) { return a.probability > b.probability; });
  if (reading.topics.size() > 3) reading.topics.resize(3);
  return reading;
}

}  // namespace hotline::classification
