#include "escalation/domain/conduct.h"

#include <algorithm>
#include <set>

#include "escalation/domain/agent_acts.h"
#include "escalation/domain/concerns.h"
#include "language/patterns.h"
#include "language/text.h"

namespace hotline::escalation {
namespace {

using language::Pattern;

/// An agent's turn as its sentences were read.
struct AgentTurn {
  const Turn* turn;
  std::vector<SpokenAct> acts;

  [[nodiscard]] const SpokenAct* First(AgentAct act, double at_least = .45) const {
    const auto found = std::find_if(acts.begin(), acts.end(), [&](const SpokenAct& spoken) {
      return spoken.act == act && spoken.probability >= at_least;
    });
    return found == acts.end() ? nullptr : &*found;
  }
};

bool IsNegative(Emotion emotion) { return emotion != Emotion::kCalm && emotion != Emotion::kGrateful; }

/// Without a reading the words alone say whether somebody is upset.
bool IsUpset(const HeardTurn& heard) {
  if (heard.turn.speaker != Speaker::kCaller) return false;
  if (heard.reading) return IsNegative(heard.reading->emotion);
  return Of(ReadConcerns(heard.turn.text), Concern::kNone) < .4;
}

bool Restates(const AgentTurn& agent) {
  static const Pattern restates{
      "(?:我|再|给您|跟您|和您)?(?:确认|核对|核实|核|复述|重复|念|理)(?:一下|一遍|下|一)[^。]{10,}|您(?:的|要的|这边的?"
      ")?(?:诉求|要求|意思|"
      "希望)(?:就)?(?:是|有)[^。]{6,}|您(?:们)?(?:是|这是)?(?:想|要|希望|要求|打算|反映|举报|建议|说的|觉得)[^。？?]{6,"
      "}(?:对吗|对吧|是吧|是吗|"
      "对不对|是不是|是这样吧|是这样吗|是这个意思吧|是这个意思吗|没错吧)|(?:登记|记)(?:的)?(?:内容|诉求)?是[^。]{8,}"};
  constexpr std::size_t kShortestRestatement = 14;
  if (restates.Matches(agent.turn->text)) return true;
  const SpokenAct* act = agent.First(AgentAct::kRestate, .6);
  return act != nullptr && language::CountCharacters(act->words) >= kShortestRestatement;
}

bool Soothes(const AgentTurn& agent) {
  for (const SpokenAct& spoken : agent.acts) {
    if (spoken.act == AgentAct::kSoothe) return true;
    if (spoken.act == AgentAct::kExplain && spoken.probability > .6) return false;  // What follows comes too late.
  }
  return false;
}

void FindFaults(const AgentTurn& agent, bool upset_before, std::set<std::string>& formulas,
                std::vector<ConductFinding>& findings) {
  static const Pattern hedged{
      "(?:不|没法|无法|没办法|不敢|不好)(?:能|敢|跟您|给您|向您)*(?:保证|打包票|承诺|确定)|争取|尽量"};
  static const Pattern corrects{"(?:刚才|前面|之前)(?:我)?(?:说|讲|查|记|看)错|我(?:说|看|记)错了|更正一下|我收回"};
  const auto add = [&](std::string_view rule, std::string_view words) {
    findings.push_back({agent.turn->number, std::string{rule}, std::string{words}});
  };
  for (const SpokenAct& spoken : agent.acts) {
    switch (spoken.act) {
      case AgentAct::kCold:
        if (spoken.probability > .6) add("FORBIDDEN_PHRASE", spoken.words);
        break;
      case AgentAct::kBlameOthers:
        if (spoken.probability > .55) add("BLAMED_OTHERS", spoken.words);
        break;
      case AgentAct::kPromise:
        if (spoken.probability > .5 && !hedged.Matches(spoken.words)) add("PROMISE_WITHOUT_BASIS", spoken.words);
        break;
      case AgentAct::kEmpty:
        // Once is politeness; a second formula to somebody who is upset is none.
        if (spoken.probability > .5 && !formulas.insert(std::string{spoken.words}).second) {
          add("EMPTY_PHRASE_REPEATED", spoken.words);
        } else if (formulas.size() >= 2 && upset_before && spoken.probability > .5) {
          add("EMPTY_PHRASE_REPEATED", spoken.words);
        }
        break;
      case AgentAct::kOther:
      case AgentAct::kSoothe:
      case AgentAct::kAsk:
      case AgentAct::kExplain:
      case AgentAct::kRestate: break;
    }
  }
  if (const auto spans = corrects.FindAll(agent.turn->text); !spans.empty()) {
    add("CONTRADICTED_SELF", spans.front().words);
  }
}

}  // namespace

Conduct ReviewConduct(std::span<const HeardTurn> turns) {
  Conduct conduct;
  std::set<std::string> formulas;
  bool upset = false;
  for (const HeardTurn& heard : turns) {
    if (heard.turn.speaker == Speaker::kCaller) {
      upset |= IsUpset(heard);
      continue;
    }
    const AgentTurn agent{&heard.turn, ReadAgentActs(heard.turn.text)};
    conduct.restated |= Restates(agent);
    if (upset && !conduct.soothe_first) {
      conduct.soothe_first = Soothes(agent);
      if (!*conduct.soothe_first) {
        conduct.findings.push_back({heard.turn.number, "EXPLAINED_BEFORE_SOOTHING", heard.turn.text});
      }
    }
    FindFaults(agent, upset, formulas, conduct.findings);
  }
  return conduct;
}

}  // namespace hotline::escalation
