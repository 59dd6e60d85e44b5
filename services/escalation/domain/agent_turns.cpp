#include "escalation/domain/agent_turns.h"

namespace hotline::escalation {
namespace {

/// The fault that a sentence's act alone speaks for, where no encoder told of faults.
AgentFault FaultOfAct(const SpokenAct& spoken) {
  switch (spoken.act) {
    case AgentAct::kCold: return spoken.probability > .45 ? AgentFault::kForbiddenPhrase : AgentFault::kNone;
    case AgentAct::kBlameOthers: return spoken.probability > .55 ? AgentFault::kBlamedOthers : AgentFault::kNone;
    case AgentAct::kPromise: return spoken.probability > .5 ? AgentFault::kPromiseWithoutBasis : AgentFault::kNone;
    case AgentAct::kOther:
    case AgentAct::kSoothe:
    case AgentAct::kAsk:
    case AgentAct::kExplain:
    case AgentAct::kRestate:
    case AgentAct::kEmpty: break;
  }
  return AgentFault::kNone;
}

}  // namespace

std::vector<AgentTurn> ReadAgent(std::span<const HeardTurn> turns) {
  std::vector<AgentTurn> read;
  std::vector<FaultReading> readings;
  for (const HeardTurn& heard : turns) {
    if (heard.turn.speaker != Speaker::kAgent) continue;
    AgentTurn& agent = read.emplace_back(AgentTurn{&heard.turn, ReadAgentActs(heard.turn.text, heard.sentences), {}});
    for (const SpokenAct& spoken : agent.acts) {
      if (spoken.fault) readings.push_back(*spoken.fault);
    }
  }
  const std::vector<AgentFault> named = NameFaults(readings);
  auto next = named.begin();
  for (AgentTurn& agent : read) {
    for (const SpokenAct& spoken : agent.acts) agent.faults.push_back(spoken.fault ? *next++ : FaultOfAct(spoken));
  }
  return read;
}

}  // namespace hotline::escalation
