#include "escalation/domain/conduct.h"

#include <set>
#include <string>

#include "escalation/domain/agent_turns.h"
#include "escalation/domain/restating.h"
#include "escalation/domain/soothing.h"
#include "language/patterns.h"

namespace hotline::escalation {
namespace {

using language::Pattern;

void FindFaults(const AgentTurn& agent, bool upset_before, std::set<std::string>& formulas,
                std::vector<ConductFinding>& findings) {
  static const Pattern hedged{
      "(?:不|没法|无法|没办法|不敢|不好)(?:能|敢|跟您|给您|向您)*(?:保证|打包票|承诺|确定)|争取|尽量"};
  // What the agent takes back: after a slip that is owned to, the caller has two answers. Not the caller's slip.
  static const Pattern corrects{
      "(?<![您你他她们人])(?:刚才|刚刚|刚|前面|之前)我?(?:[给跟]您)?[说讲查记看听答报念弄搞][得的]?(?:错|岔|混|串|反|"
      "漏|不对|不准)"
      "|(?<![跟给对向])我(?:[给跟]您)?[说讲查记看答报念弄搞][得的]?(?:错了|岔了|混了|串了|反了|不对)"
      "|更正一下|我[要得]?更正|我收回|我口误|(?:我|刚才)走了?神|没有?[听看问](?:明白|清楚|清)就[回答说给]"};
  const auto add = [&](std::string_view rule, std::string_view words) {
    findings.push_back({agent.turn->number, std::string{rule}, std::string{words}});
  };
  for (std::size_t i = 0; i < agent.acts.size(); ++i) {
    const auto& [act, probability, words, heard, reading] = agent.acts[i];
    const AgentFault fault = agent.faults[i];
    if (fault != AgentFault::kNone && !(fault == AgentFault::kPromiseWithoutBasis && hedged.Matches(words)))
      add(RuleOf(fault), words);
    if (act != AgentAct::kEmpty || probability <= .5) continue;
    // Once is politeness; a second formula to somebody who is upset is none.
    const bool again = !formulas.insert(std::string{words}).second;
    if (again || (formulas.size() >= 2 && upset_before)) add("EMPTY_PHRASE_REPEATED", words);
  }
  if (const auto spans = corrects.FindAll(agent.turn->text); !spans.empty()) {
    add("CONTRADICTED_SELF", spans.front().words);
  }
}

}  // namespace

Conduct ReviewConduct(std::span<const HeardTurn> turns, const std::optional<SoothedVoice>& opening) {
  const std::vector<AgentTurn> agents = ReadAgent(turns);
  const Soothing soothing = HearSoothing(turns, agents, opening);
  Conduct conduct{.restated = Restated(turns, agents), .soothe_first = soothing.first, .findings = {}};
  std::set<std::string> formulas;
  bool upset = false;
  auto next = agents.begin();
  for (const HeardTurn& heard : turns) {
    if (heard.turn.speaker == Speaker::kCaller) {
      upset = upset || HowUpset(heard) != Upset::kNo;
      continue;
    }
    const AgentTurn& agent = *next++;
    FindFaults(agent, upset, formulas, conduct.findings);
    if (&agent == soothing.explained)
      conduct.findings.push_back({heard.turn.number, "EXPLAINED_BEFORE_SOOTHING", heard.turn.text});
  }
  return conduct;
}

}  // namespace hotline::escalation
