#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "language/linear_head.h"

namespace hotline::escalation {

/// What an agent does with one sentence.
enum class AgentAct {
  kOther,  ///< Greets, closes, agrees.
  kSoothe,
  kAsk,
  kExplain,      ///< Answers, or says what happens next.
  kRestate,      ///< Says the request back to the caller.
  kEmpty,        ///< A formula: "请您耐心等待".
  kCold,         ///< Brushes off, corrects the caller's feelings, hides behind the rule.
  kBlameOthers,  ///< It is another department's fault.
  kPromise       ///< Of an outcome that is not the agent's to promise.
};

struct SpokenAct {
  AgentAct act = AgentAct::kOther;
  double probability = 0;
  std::string_view words;  ///< The sentence, a view into the turn.
};

/// The sentences of an agent's turn, each read by a trained head (models/agent_act.tsv), in order.
[[nodiscard]] std::vector<SpokenAct> ReadAgentActs(std::string_view turn);

/// What the head reads of a sentence: its characters, and groups of cues (data/agent_cues.json).
[[nodiscard]] language::Features AgentActFeatures(std::string_view sentence);

}  // namespace hotline::escalation
