#include "intake/domain/repeats.h"

#include "intake/domain/grams.h"

namespace hotline::intake {
namespace {

constexpr double kSameMatter = 0.3;

bool TopicsAgree(const Case& filed, const EarlierCase& earlier) {
  return filed.topic.empty() || earlier.topic.empty() || filed.topic == earlier.topic;
}

}  // namespace

bool SameMatter(std::string_view text, std::string_view earlier_summary) {
  return Overlap(GramsOf(text), GramsOf(earlier_summary)) >= kSameMatter;
}

void LinkRepeats(Case& filed, const std::vector<EarlierCase>& earlier) {
  if (filed.kind == CaseKind::kPraise) return;
  const std::string words = filed.title + " " + filed.text;
  const EarlierCase* first = nullptr;
  filed.repeats = 0;
  for (const EarlierCase& before : earlier) {
    if (before.kind == CaseKind::kPraise || before.at > filed.opened_at || before.case_no == filed.case_no) continue;
    if (!TopicsAgree(filed, before) || !SameMatter(words, before.summary)) continue;
    ++filed.repeats;
    if (first == nullptr || before.at < first->at) first = &before;
  }
  if (first != nullptr) filed.parent_case_no = first->parent_case_no.empty() ? first->case_no : first->parent_case_no;
}

}  // namespace hotline::intake
