#include "escalation/domain/conduct.h"

#include <algorithm>

#include "language/patterns.h"

namespace hotline::escalation {
namespace {

using language::Pattern;

bool IsUpset(const HeardTurn& heard) {
  return heard.turn.speaker == Speaker::kCaller && heard.reading && heard.reading->emotion != Emotion::kCalm &&
         heard.reading->emotion != Emotion::kGrateful;
}

bool Restates(const Turn& turn) {
  static const Pattern restates{
      "(?:确认|核对|核实|核|复述|对)(?:一下|一遍|下|一)[^。]{12,}|您(?:的)?(?:诉求|要求|意思|问题)是[^。]{6,}|"
      "您(?:是)?(?:想|要|希望|要求)[^。？?]{8,}(?:对吗|对吧|是吧|是吗|对不对)"};
  return restates.Matches(turn.text);
}

bool Soothes(const Turn& turn) {
  static const Pattern soothes{
      "别急|别慌|别怕|慢慢说|着急|揪心|窝心|难受|不容易|抱歉|对不起|对不住|我理解|换谁|搁谁|委屈"};
  return soothes.Matches(turn.text);
}

}  // namespace

Conduct ReviewConduct(std::span<const HeardTurn> turns) {
  Conduct conduct;
  for (const HeardTurn& heard : turns) {
    conduct.restated |= heard.turn.speaker == Speaker::kAgent && Restates(heard.turn);
  }
  const auto upset = std::find_if(turns.begin(), turns.end(), IsUpset);
  if (upset == turns.end()) return conduct;
  const auto reply =
      std::find_if(upset, turns.end(), [](const HeardTurn& heard) { return heard.turn.speaker == Speaker::kAgent; });
  conduct.soothe_first = reply == turns.end() || Soothes(reply->turn);
  if (!*conduct.soothe_first) {
    conduct.findings.push_back({reply->turn.number, "EXPLAINED_BEFORE_SOOTHING", reply->turn.text});
  }
  return conduct;
}

}  // namespace hotline::escalation
