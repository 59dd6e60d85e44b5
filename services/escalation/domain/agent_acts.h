#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "escalation/domain/agent_faults.h"
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
inline constexpr std::size_t kAgentActs = 9;

/// How probable each act is in a sentence, by number.
using ActReading = std::array<double, kAgentActs>;

/// "blame_others", as training/agent_sentences.tsv spells it.
[[nodiscard]] std::string_view Name(AgentAct act);
[[nodiscard]] std::optional<AgentAct> AgentActFromName(std::string_view name);

/// A sentence as classification's encoder heard it.
struct HeardSentence {
  ActReading acts{};
  std::optional<FaultReading> fault{};  ///< Nothing where no model of faults was there.
};

struct SpokenAct {
  AgentAct act = AgentAct::kOther;
  double probability = 0;
  std::string_view words;               ///< The sentence, a view into the turn.
  bool heard = false;                   ///< By the encoder, too.
  std::optional<FaultReading> fault{};  ///< As the encoder heard it.
};

/// The sentences of an agent's turn, in order: the first ones as classification's encoder and a trained head of this
/// service (models/agent_act.tsv) hear them together, those beyond by the head alone, which is right less often.
[[nodiscard]] std::vector<SpokenAct> ReadAgentActs(std::string_view turn, std::span<const HeardSentence> heard = {});

/// What the head reads of a sentence: its characters, and groups of cues (data/agent_cues.json).
[[nodiscard]] language::Features AgentActFeatures(std::string_view sentence);

}  // namespace hotline::escalation
