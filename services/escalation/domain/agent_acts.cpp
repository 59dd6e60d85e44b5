#include "escalation/domain/agent_acts.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "escalation/domain/embedded_data.h"
#include "language/cues.h"
#include "language/linear_model.h"
#include "language/text.h"
#include "language/turn_features.h"

namespace hotline::escalation {
namespace {

/// By number of the act.
constexpr std::array<std::string_view, 9> kNames = {"other", "soothe", "ask",          "explain", "restate",
                                                    "empty", "cold",   "blame_others", "promise"};

struct ActHead {
  language::LinearHead head{embedded::agent_act};
  std::vector<AgentAct> columns;

  ActHead() {
    for (const std::string& label : head.labels()) {
      const auto* const name = std::find(kNames.begin(), kNames.end(), label);
      if (name == kNames.end()) throw std::invalid_argument("the head names an act that is none: " + label);
      columns.push_back(static_cast<AgentAct>(name - kNames.begin()));
    }
  }
};

}  // namespace

std::vector<SpokenAct> ReadAgentActs(std::string_view turn) {
  static const ActHead trained;
  std::vector<SpokenAct> acts;
  for (const language::Span& sentence : language::Sentences(turn)) {
    const std::string_view words = sentence.In(turn);
    const std::vector<double> p = language::Softmax(trained.head.Scores(AgentActFeatures(words)));
    const auto best = std::max_element(p.begin(), p.end());
    acts.push_back({trained.columns[static_cast<std::size_t>(best - p.begin())], *best, words});
  }
  return acts;
}

language::Features AgentActFeatures(std::string_view sentence) {
  static const language::Cues cues{embedded::agent_cues};
  return language::FeaturesOf(sentence, cues);
}

}  // namespace hotline::escalation
