#include "escalation/domain/conduct.h"

#include <algorithm>
#include <set>
#include <string>

#include "escalation/domain/agent_acts.h"
#include "escalation/domain/concerns.h"
#include "language/linear_model.h"
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

/// How upset somebody is: anxious and waiting is less than hurt or angry.
enum class Upset { kNo, kMildly, kClearly };

bool IsMild(Emotion emotion) { return emotion == Emotion::kAnxious || emotion == Emotion::kFearful; }
bool IsNegative(Emotion emotion) { return emotion != Emotion::kCalm && emotion != Emotion::kGrateful; }

/// The reading says, or the words do: many are hurt who sound calm. Without a reading the words alone.
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

constexpr std::size_t kShortestRestatement = 14;

/// Pairs of neighbouring characters.
std::set<std::u32string> Pairs(std::u32string_view characters) {
  std::set<std::u32string> pairs;
  for (std::size_t i = 0; i + 1 < characters.size(); ++i) pairs.emplace(characters.substr(i, 2));
  return pairs;
}

/// Whether a sentence is made of what the caller said: "北苑六号楼，三楼，电梯停了两天。"
bool Echoes(std::string_view sentence, const std::set<std::u32string>& heard) {
  constexpr double kMostOfIt = .6;
  const language::FoldedText folded = language::Fold(sentence);
  if (folded.size() < kShortestRestatement) return false;
  const std::set<std::u32string> pairs = Pairs(folded.characters);
  const auto echoed =
      std::count_if(pairs.begin(), pairs.end(), [&](const std::u32string& pair) { return heard.contains(pair); });
  return static_cast<double>(echoed) >= kMostOfIt * static_cast<double>(pairs.size());
}

bool Restates(const AgentTurn& agent, const std::set<std::u32string>& heard) {
#define RIGHT                                                                                                                                                      \
  "(?:对吗|对吧|是吧|是吗|对不对|是不是|是这样吧|是这样吗|是这个意思吧|是这个意思吗|没错吧|没漏吧|全了吧|没变化吧|" \
  "没记错吧|可以吗|行吗)"
  static const Pattern restates{"(?:确认|核对|核实|复述|重复|核|念|理)(?:一下|一遍|下|一)?[：:，,]?[^。]{10,}" RIGHT
                                "|(?:确认|核对|复述|重复|核|念|理)(?:一下|一遍|下)?[：:][^。]{10,}"
                                "|您(?:的|要的|这边的?)?(?:诉求|要求|意思|希望)(?:就)?(?:是|有)[^。]{6,}"
                                "|您[^。？?]{0,30}(?:想|要|希望|要求|打算|反映|举报|建议|说的)[^。？?]{6,}" RIGHT
                                "|记(?:一下|录一下|录|下来|下|着)?(?:的)?(?:是)?[：:][^。]{10,}|登记(?:成|为|的?内容是?"
                                ")[^。：:]{0,8}[：:]?[^。]{10,}"};
#undef RIGHT
  if (restates.Matches(agent.turn->text)) return true;
  return std::any_of(agent.acts.begin(), agent.acts.end(), [&](const SpokenAct& spoken) {
    // The encoder is surer of itself than the head.
    if (spoken.act == AgentAct::kRestate && spoken.probability > (spoken.heard ? .65 : .45))
      return language::CountCharacters(spoken.words) >= kShortestRestatement;
    return Echoes(spoken.words, heard);
  });
}

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
  for (const SpokenAct& spoken : agent.acts) {
    switch (spoken.act) {
      case AgentAct::kCold:
        if (spoken.probability > .45) add("FORBIDDEN_PHRASE", spoken.words);
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

constexpr std::string_view kExplained = "EXPLAINED_BEFORE_SOOTHING";

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

/// The agent's first answer to the caller.
const HeardTurn* FirstAnswer(std::span<const HeardTurn> turns) {
  bool heard = false;
  for (const HeardTurn& turn : turns) {
    if (turn.turn.speaker == Speaker::kAgent && heard) return &turn;
    heard |= turn.turn.speaker == Speaker::kCaller;
  }
  return nullptr;
}

/// Decides with the encoder what the rules decided alone; the finding follows.
void HearOpening(std::span<const HeardTurn> turns, const SoothedVoice& opening, Conduct& conduct) {
  conduct.soothe_first = SoothedFirst(conduct.soothe_first, opening);
  const auto explained = [](const ConductFinding& finding) { return finding.rule == kExplained; };
  if (conduct.soothe_first.value_or(true)) {
    std::erase_if(conduct.findings, explained);
    return;
  }
  const HeardTurn* const answer = FirstAnswer(turns);
  if (answer == nullptr || std::any_of(conduct.findings.begin(), conduct.findings.end(), explained)) return;
  const auto after = std::find_if(conduct.findings.begin(), conduct.findings.end(),
                                  [&](const ConductFinding& finding) { return finding.turn > answer->turn.number; });
  conduct.findings.insert(after, {answer->turn.number, std::string{kExplained}, answer->turn.text});
}

}  // namespace

Conduct ReviewConduct(std::span<const HeardTurn> turns, const std::optional<SoothedVoice>& opening) {
  Conduct conduct;
  std::set<std::string> formulas;
  std::set<std::u32string> heard_pairs;
  Upset upset = Upset::kNo;
  int replies = 0;  // To a caller who is upset.
  for (const HeardTurn& heard : turns) {
    if (heard.turn.speaker == Speaker::kCaller) {
      if (upset != Upset::kClearly) upset = std::max(upset, HowUpset(heard));
      heard_pairs.merge(Pairs(language::Fold(heard.turn.text).characters));
      continue;
    }
    const AgentTurn agent{&heard.turn, ReadAgentActs(heard.turn.text, heard.acts)};
    conduct.restated |= Restates(agent, heard_pairs);
    FindFaults(agent, upset != Upset::kNo, formulas, conduct.findings);
    if (conduct.soothe_first) continue;
    // Whoever soothes has heard that somebody is upset, even where the reading has not.
    if (Soothes(agent) && !heard_pairs.empty()) {
      conduct.soothe_first = true;
      continue;
    }
    // One question first is how a request is taken down; an answer, or a second question, is past the feeling.
    replies += upset != Upset::kNo;
    if (replies > 1 || (replies == 1 && upset == Upset::kClearly && Explains(agent))) {
      conduct.soothe_first = false;
      conduct.findings.push_back({heard.turn.number, std::string{kExplained}, heard.turn.text});
    }
  }
  // The call ended before the worried caller was soothed.
  if (!conduct.soothe_first && replies > 0) conduct.soothe_first = false;
  if (opening) HearOpening(turns, *opening, conduct);
  return conduct;
}

}  // namespace hotline::escalation
