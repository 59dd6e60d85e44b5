#include "escalation/domain/suggestion.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <absl/strings/str_join.h>

namespace hotline::escalation {

std::string Suggestion(const TurnRisk& risk) {
  std::vector<std::string> steps;
  if (risk.level >= RiskLevel::kOrange)
    steps.emplace_back(risk.level == RiskLevel::kRed ? "接管通话" : "旁听并准备接管");
  const auto speaks = [&](std::string_view code) {
    return std::any_of(risk.reasons.begin(), risk.reasons.end(),
                       [&](const Evidence& evidence) { return std::string_view{evidence.code}.starts_with(code); });
  };
  if (speaks("HELP_SENT")) steps.emplace_back("核实救援是否已派出、地点是否报清");
  if (speaks("LIFE_SELF") || speaks("DEATH_ASKED")) steps.emplace_back("不要挂断，转接110和12356");
  if (speaks("LIFE_DANGER_IMPLIED")) steps.emplace_back("来电人可能不知有险，先请人离开险处，问清地点和人数");
  if (speaks("LIFE_DANGER")) steps.emplace_back("转接119或120");
  if (speaks("VIOLENCE_IMPLIED") || speaks("DANGER_ASKED"))
    steps.emplace_back("不要点破，用只需答是或不是的话问清地点");
  if (speaks("VIOLENCE") || speaks("PUBLIC_ORDER") || speaks("DANGER_ASKED")) steps.emplace_back("转接110");
  if (speaks("CONCERN_DANGER")) steps.emplace_back("先问清人身安全");
  if (speaks("COURSE_OF_DANGER") && !speaks("CONCERN_DANGER")) steps.emplace_back("先问清有没有人身危险、聚集或泄密");
  if (speaks("GROUP_ACTION") || speaks("CONCERN_GROUP")) steps.emplace_back("即报值班领导，请牵头部门到场对话");
  if (speaks("PETITION") || speaks("CONCERN_EXPOSURE")) steps.emplace_back("请能拍板的部门当日回电");
  if (speaks("INFORMANT_LEAK") || speaks("CONCERN_LEAK")) steps.emplace_back("转保密件，查泄露，护举报人安全");
  if (speaks("CONCERN_UNSOLVED") || speaks("CONCERN_PASSED_AROUND") || speaks("HISTORY_RETURNED"))
    steps.emplace_back("请班长指定牵头单位，督办");
  if (speaks("CONCERN_MISCONDUCT") || speaks("CONCERN_ABUSE")) steps.emplace_back("换班长接听");
  if (speaks("CONCERN_RESIGNED") || speaks("CONCERN_SARCASM") || speaks("CONCERN_EVIDENCE"))
    steps.emplace_back("先安抚，当日专人回访");
  return absl::StrJoin(steps, "；");
}

}  // namespace hotline::escalation
