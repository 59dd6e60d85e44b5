#include "classification/domain/matters.h"

#include <algorithm>

#include "classification/domain/emotion_trend.h"
#include "classification/domain/hotline_wrongs.h"
#include "language/patterns.h"

namespace hotline::classification {
namespace {

using language::Pattern;

bool CallerSays(const Pattern& words, std::span<const Turn> turns) {
  return std::any_of(turns.begin(), turns.end(),
                     [&](const Turn& turn) { return turn.speaker == Speaker::kCaller && words.Matches(turn.text); });
}

/// Complaints of a caller in danger are a case of their own; hardship is part of the danger.
bool ComplainsToo(std::span<const Turn> turns) {
  static const Pattern wrong{
      "拖(?:欠|到|着)|欠(?:我|薪|着|钱)|不给(?:钱|办|发)|骗(?:了|走)|没人管|登个记就走|来过[^，。]{0,4}回"};
  return CallerSays(wrong, turns);
}

/// Danger that was reported before it came: help now, and a complaint of those who did nothing.
bool WarnedInVain(std::span<const Turn> turns) {
  static const Pattern reported_before{
      "(?:打|报|反映|投诉|说)(?:过|了)(?:你们)?[两二三四五六好几多]+(?:次|回|遍)|(?:都|老是|每次)(?:说|回)[^，。]{2,10}"
      "，[^，。]{0,6}到"};
  return CallerSays(reported_before, turns);
}

/// "我先表扬一下你们的割草机": praise in mockery. Whoever praises in earnest is glad at once.
bool PraisesInMockery(std::span<const CallerReading> readings) {
  const std::span<const CallerReading> opening = readings.first(std::min<std::size_t>(readings.size(), 2));
  const auto feels = [&](auto what) { return std::any_of(opening.begin(), opening.end(), what); };
  return feels([](const CallerReading& read) { return FamilyOf(read.emotion) == Family::kAngry; }) &&
         !feels([](const CallerReading& read) { return read.emotion == Emotion::kGrateful; });
}

}  // namespace

void SettleMatters(std::span<const Turn> turns, std::span<const CallerReading> readings,
                   const std::optional<Emergency>& emergency, std::vector<KindReading::Matter>& matters) {
  const bool crisis = emergency && emergency->crisis;
  if (crisis) {
    matters.resize(1);
    matters.front().kind = CaseKind::kHelp;
    matters.front().evidence = {emergency->evidence};
    if (ComplainsToo(turns)) matters.push_back({CaseKind::kComplaint, .7, matters.front().from_turn, {}});
  } else if (emergency && (emergency->number == "119" || emergency->number == "120") && matters.size() == 1 &&
             matters.front().kind == CaseKind::kHelp && WarnedInVain(turns)) {
    matters.push_back({CaseKind::kComplaint, .6, matters.front().from_turn, {}});
  }
  if (matters.front().kind == CaseKind::kPraise && PraisesInMockery(readings))
    matters.front().kind = CaseKind::kComplaint;
  if (matters.size() == 1 && matters.front().kind != CaseKind::kComplaint && !crisis) {
    if (auto wrong = FindComplaintOfAgent(turns, readings))
      matters.push_back({CaseKind::kComplaint, .75, wrong->turn, {*wrong}});
  }
}

}  // namespace hotline::classification
