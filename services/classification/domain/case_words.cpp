#include "classification/domain/case_words.h"

#include "classification/domain/cues.h"
#include "classification/domain/slots.h"
#include "language/patterns.h"
#include "language/text.h"

namespace hotline::classification {
namespace {

using language::Pattern;

constexpr std::size_t kSummaryCharacters = 200;

}  // namespace

std::string Summary(std::span<const Turn> turns) {
  std::string summary;
  for (const Turn& turn : turns) {
    if (turn.speaker != Speaker::kCaller || language::CountCharacters(turn.text) < 8) continue;
    for (const language::Span& sentence : language::Sentences(turn.text)) {
      const std::string_view words = language::WithItsMark(sentence, turn.text);
      if (language::CountCharacters(summary) + language::CountCharacters(words) > kSummaryCharacters) return summary;
      summary += words;
      if (words == sentence.In(turn.text)) summary += "。";  // Whoever handles the case reads where one ends.
    }
  }
  return summary;
}

std::string Title(const UnderstoodCase& understood, const DispatchEntry* entry) {
  std::string title;
  if (const FoundSlot* where = Find(understood.slots, SlotName::kWhere)) title = where->normal;
  title += entry == nullptr ? "来电事项" : entry->matter;
  return title + "（" + std::string{language::Name(understood.kind)} + "）";
}

bool Answered(std::span<const Turn> turns, std::span<const Emotion> emotions) {
  static const Pattern handed_on{
      "回您电话|给您回电|打给您|转(?:给)?[^，。]{0,8}(?:局|委|中心|单位|公司)|派(?:给|单)|登记(?:转|了)"};
  static const Pattern answer{
      "规定|标准|每月|每人|[0-9]元|办理|工作日|带(?:上|好|齐)?(?:身份证|材料|户口本)|窗口|小程序|App|施行|执行|免费|"
      "可以(?:申请|办|补)|不用|最高|属于"};
  bool answered = false;
  bool handed = false;
  for (const Turn& turn : turns) {
    if (turn.speaker != Speaker::kAgent) continue;
    answered |= answer.Matches(turn.text) && !SpokenCues().Has("restate", turn.text);
    handed |= handed_on.Matches(turn.text);
  }
  const bool content = emotions.empty() || emotions.back() == Emotion::kCalm || emotions.back() == Emotion::kGrateful;
  return answered && !handed && content;
}

}  // namespace hotline::classification
