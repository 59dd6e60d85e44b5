#include "escalation/domain/restating.h"

#include <algorithm>
#include <set>
#include <string>

#include "language/patterns.h"
#include "language/text.h"

namespace hotline::escalation {
namespace {

using language::Pattern;

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

}  // namespace

bool Restated(std::span<const HeardTurn> turns, std::span<const AgentTurn> agents) {
  std::set<std::u32string> heard;
  auto agent = agents.begin();
  for (const HeardTurn& turn : turns) {
    if (turn.turn.speaker == Speaker::kCaller) {
      heard.merge(Pairs(language::Fold(turn.turn.text).characters));
    } else if (Restates(*agent++, heard)) {
      return true;
    }
  }
  return false;
}

}  // namespace hotline::escalation
