#include "escalation/domain/agent_acts.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "escalation/domain/embedded_data.h"
#include "language/cues.h"
#include "language/linear_model.h"
#include "language/text.h"
#include "language/turn_features.h"

namespace hotline::escalation {
namespace {

/// By number of the act.
constexpr std::array<std::string_view, kAgentActs> kNames = {"other", "soothe", "ask",          "explain", "restate",
                                                             "empty", "cold",   "blame_others", "promise"};

struct ActHead {
  language::LinearHead head{embedded::agent_act};
  std::vector<AgentAct> columns;

  ActHead() {
    for (const std::string& label : head.labels()) {
      const std::optional<AgentAct> act = AgentActFromName(label);
      if (!act) throw std::invalid_argument("the head names an act that is none: " + label);
      columns.push_back(*act);
    }
  }

  [[nodiscard]] ActReading Read(std::string_view sentence) const {
    const std::vector<double> p = language::Softmax(head.Scores(AgentActFeatures(sentence)));
    ActReading reading{};
    for (std::size_t i = 0; i < p.size(); ++i) reading[static_cast<std::size_t>(columns[i])] = p[i];
    return reading;
  }
};

/// What head and encoder say together: their log-probabilities, weighed. The head is right less often, but a fault that
/// only the encoder hears is rarely one. What the weight was chosen on: training/README.md.
ActReading Together(const ActReading& head, const ActReading& encoder) {
  constexpr double kHead = .35;
  constexpr double kLeast = 1e-6;
  ActReading together{};
  for (std::size_t i = 0; i < kAgentActs; ++i)
    together[i] = std::pow(std::max(head[i], kLeast), kHead) * std::pow(std::max(encoder[i], kLeast), 1 - kHead);
  const double sum = std::accumulate(together.begin(), together.end(), 0.0);
  for (double& probability : together) probability /= sum;
  return together;
}

}  // namespace

std::string_view Name(AgentAct act) { return kNames[static_cast<std::size_t>(act)]; }

std::optional<AgentAct> AgentActFromName(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  return found == kNames.end() ? std::nullopt : std::optional{static_cast<AgentAct>(found - kNames.begin())};
}

std::vector<SpokenAct> ReadAgentActs(std::string_view turn, std::span<const HeardSentence> heard) {
  static const ActHead trained;
  std::vector<SpokenAct> acts;
  for (const language::Span& sentence : language::Sentences(turn)) {
    const std::string_view words = sentence.In(turn);
    const HeardSentence* const by_encoder = acts.size() < heard.size() ? &heard[acts.size()] : nullptr;
    const ActReading alone = trained.Read(words);
    const ActReading reading = by_encoder != nullptr ? Together(alone, by_encoder->acts) : alone;
    const auto best = std::max_element(reading.begin(), reading.end());
    acts.push_back({.act = static_cast<AgentAct>(best - reading.begin()),
                    .probability = *best,
                    .words = words,
                    .heard = by_encoder != nullptr,
                    .fault = by_encoder != nullptr ? by_encoder->fault : std::nullopt});
  }
  return acts;
}

language::Features AgentActFeatures(std::string_view sentence) {
  static const language::Cues cues{embedded::agent_cues};
  return language::FeaturesOf(sentence, cues);
}

}  // namespace hotline::escalation
