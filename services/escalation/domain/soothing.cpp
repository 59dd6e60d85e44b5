#include "escalation/domain/soothing.h"

#include <algorithm>
#include <string_view>

#include "escalation/domain/concerns.h"
#include "language/linear_model.h"
#include "language/patterns.h"

namespace hotline::escalation {
namespace {

using language::Pattern;

bool IsMild(Emotion emotion) { return emotion == Emotion::kAnxious || emotion == Emotion::kFearful; }
bool IsNegative(Emotion emotion) { return emotion != Emotion::kCalm && emotion != Emotion::kGrateful; }

bool Soothes(const AgentTurn& agent) {
  for (const SpokenAct& spoken : agent.acts) {
    if (spoken.act == AgentAct::kSoothe && spoken.probability > .15) return true;
    if (spoken.act == AgentAct::kExplain && spoken.probability > .7) return false;  // What follows comes too late.
  }
  return false;
}

bool Explains(const AgentTurn& agent) {
  return std::any_of(agent.acts.begin(), agent.acts.end(), [](const SpokenAct& spoken) {
    switch (spoken.act) {
      case AgentAct::kExplain:
      case AgentAct::kEmpty:
      case AgentAct::kCold:
      case AgentAct::kBlameOthers:
      case AgentAct::kPromise: return spoken.probability > .5;
      case AgentAct::kOther:
      case AgentAct::kSoothe:
      case AgentAct::kAsk:
      case AgentAct::kRestate: break;
    }
    return false;
  });
}

bool HasFault(const AgentTurn& agent) {
  return std::any_of(agent.faults.begin(), agent.faults.end(),
                     [](AgentFault fault) { return fault != AgentFault::kNone; });
}

/// By the rules alone.
std::optional<bool> SoothedFirst(std::span<const HeardTurn> turns, std::span<const AgentTurn> agents) {
  Upset upset = Upset::kNo;
  bool heard = false;
  int replies = 0;  // To a caller who is upset.
  auto next = agents.begin();
  for (const HeardTurn& turn : turns) {
    if (turn.turn.speaker == Speaker::kCaller) {
      heard = true;
      if (upset != Upset::kClearly) upset = std::max(upset, HowUpset(turn));
      continue;
    }
    const AgentTurn& agent = *next++;
    // Whoever soothes has heard that somebody is upset, even where the reading has not.
    if (Soothes(agent) && heard) return true;
    // One question first is how a request is taken down; an answer, or a second question, is past the feeling.
    replies += upset != Upset::kNo;
    if (replies > 1 || (replies == 1 && upset == Upset::kClearly && Explains(agent))) return false;
  }
  // The call ended before the worried caller was soothed.
  return replies > 0 ? std::optional{false} : std::nullopt;
}

/// Help comes first.
bool InDanger(const HeardTurn& heard) {
  constexpr double kSure = .5;
  return Of(ConcernsOf(heard), Concern::kDanger) > kSure;
}

/// Says what is done for the caller now: "我给您登记，转路灯所", "这次派给城管局".
bool TakesItOn(std::string_view text) {
  static const Pattern takes{
      "(?:我|这次|这回|马上|现在|再|已经?[为给帮]您)[^。！？!?]{0,10}?(?:登记|记录|记上|记下|备注|派|转|催|上报|报给|"
      "加急|标)"};
  return takes.Matches(text);
}

/// The answer that explains to somebody clearly upset, where it is one of the first two: later the call is past it. A
/// turn that is found fault with anyway needs no second finding.
const AgentTurn* AnswerPastTheFeeling(std::span<const HeardTurn> turns, std::span<const AgentTurn> agents) {
  Upset upset = Upset::kNo;
  int replies = 0;
  auto next = agents.begin();
  for (const HeardTurn& turn : turns) {
    if (turn.turn.speaker == Speaker::kCaller) {
      if (InDanger(turn)) return nullptr;
      upset = std::max(upset, HowUpset(turn));
      continue;
    }
    const AgentTurn& agent = *next++;
    if (upset != Upset::kClearly) continue;
    if (Explains(agent) && !TakesItOn(agent.turn->text)) return HasFault(agent) ? nullptr : &agent;
    if (++replies == 2) return nullptr;
  }
  return nullptr;
}

/// What rules and encoder say together. The rules' weight and how sure the encoder must be that nobody was upset were
/// chosen on practice_third and practice_sixth (training/README.md).
std::optional<bool> SoothedFirst(const std::optional<bool>& by_rules, const SoothedVoice& opening) {
  constexpr double kRules = .7;
  constexpr double kNobodyUpset = .7;
  if (language::Softmax({opening.nobody_upset, opening.soothed, opening.explained})[0] > kNobodyUpset)
    return std::nullopt;
  const double rules = by_rules ? (*by_rules ? kRules : -kRules) : 0;
  return opening.soothed - opening.explained + rules > 0;
}

}  // namespace

Upset HowUpset(const HeardTurn& heard) {
  constexpr double kSure = .5;
  const ConcernReading concerns = ConcernsOf(heard);
  double unhappy = 0;
  for (const Concern concern : {Concern::kComplaint, Concern::kUnsolved, Concern::kPassedAround, Concern::kResigned,
                                Concern::kSarcasm, Concern::kExposure, Concern::kMisconduct, Concern::kAbuse}) {
    unhappy += Of(concerns, concern);
  }
  if (unhappy > kSure + .15) return Upset::kClearly;
  if (!heard.reading) return Of(concerns, Concern::kDanger) > kSure ? Upset::kMildly : Upset::kNo;
  const std::vector<double>& all = heard.reading->emotions;
  const auto of = [&](Emotion emotion) { return all[static_cast<std::size_t>(emotion) - 1]; };
  const double upset = all.size() == language::AllEmotions().size()
                           ? 1 - of(Emotion::kCalm) - of(Emotion::kGrateful)
                           : heard.reading->confidence * IsNegative(heard.reading->emotion);
  if (upset < kSure) return Upset::kNo;
  return IsMild(heard.reading->emotion) ? Upset::kMildly : Upset::kClearly;
}

Soothing HearSoothing(std::span<const HeardTurn> turns, std::span<const AgentTurn> agents,
                      const std::optional<SoothedVoice>& opening) {
  Soothing soothing{.first = SoothedFirst(turns, agents)};
  if (opening) soothing.first = SoothedFirst(soothing.first, *opening);
  if (!soothing.first.value_or(true)) soothing.explained = AnswerPastTheFeeling(turns, agents);
  return soothing;
}

}  // namespace hotline::escalation
