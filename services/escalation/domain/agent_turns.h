#pragma once

#include <span>
#include <vector>

#include "escalation/domain/agent_acts.h"
#include "escalation/domain/agent_faults.h"
#include "escalation/domain/call.h"

namespace hotline::escalation {

/// An agent's turn as its sentences were read.
struct AgentTurn {
  const Turn* turn;
  std::vector<SpokenAct> acts;
  std::vector<AgentFault> faults;  ///< Of each sentence, told by all of them.
};

/// The agent's turns among `turns`, in order; views into them. Faults are what classification's encoder heard, and
/// where it heard none of a sentence, what its act alone speaks for.
[[nodiscard]] std::vector<AgentTurn> ReadAgent(std::span<const HeardTurn> turns);

}  // namespace hotline::escalation
