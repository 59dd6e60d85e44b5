#include "hotline/feedback/training_rows.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>
#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "hotline/cli/names.h"

namespace hotline::feedback {
namespace {

namespace v1 = escalation::v1;

std::string Field(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
  return text;
}

std::string NameOf(v1::Verdict verdict) {
  switch (verdict) {
    case v1::VERDICT_RIGHT: return "right";
    case v1::VERDICT_TOO_EARLY: return "too_early";
    case v1::VERDICT_TOO_LATE: return "too_late";
    case v1::VERDICT_FALSE_ALARM: return "false_alarm";
    case v1::VERDICT_UNSPECIFIED:
    case v1::Verdict_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Verdict_INT_MAX_SENTINEL_DO_NOT_USE_: break;
  }
  return "";
}

}  // namespace

std::string ConcernOfReason(const std::string& code) {
  constexpr std::string_view kConcern = "CONCERN_";
  if (absl::StartsWith(code, kConcern.data())) {
    std::string label = code.substr(kConcern.size());
    std::transform(label.begin(), label.end(), label.begin(), [](unsigned char c) { return std::tolower(c); });
    return label;
  }
  static const std::pair<const char*, const char*> kRules[] = {{"LIFE_", "danger"},        {"VIOLENCE", "danger"},
                                                               {"PUBLIC_ORDER", "danger"}, {"GROUP_ACTION", "group"},
                                                               {"PETITION", "exposure"},   {"INFORMANT_LEAK", "leak"}};
  for (const auto& [rule, label] : kRules) {
    if (absl::StartsWith(code, rule)) return label;
  }
  return "";
}

void AddCorrected(const intake::v1::Case& corrected, TrainingRows& rows) {
  ++rows.cases;
  const std::string title = Field(corrected.title());
  const std::string text = Field(corrected.text());
  if (!corrected.topic().empty()) absl::StrAppend(&rows.topics, corrected.topic(), "\t", title, "\t", text, "\n");
  if (const std::string kind{cli::NameOf(corrected.kind())}; !kind.empty() && !text.empty())
    absl::StrAppend(&rows.kinds, kind, "\tc\t", text, "\n");
  if (corrected.departments().empty()) return;
  const std::vector<std::string> others{corrected.departments().begin() + 1, corrected.departments().end()};
  absl::StrAppend(&rows.departments, corrected.departments(0), "\t", absl::StrJoin(others, ","), "\t", title, "\t",
                  text, "\n");
}

void AddJudged(const v1::Alert& alert, TrainingRows& rows) {
  const std::string verdict = NameOf(alert.verdict());
  if (verdict.empty()) return;
  ++rows.alerts;
  std::vector<std::string> reasons;
  std::set<std::string> taken;  // The same words may be two reasons.
  for (const auto& reason : alert.reasons()) {
    reasons.push_back(absl::StrCat(reason.code(), "@", reason.turn()));
    const std::string concern = ConcernOfReason(reason.code());
    if (concern.empty() || reason.words().empty() || !taken.insert(reason.words()).second) continue;
    absl::StrAppend(&rows.concerns, alert.verdict() == v1::VERDICT_FALSE_ALARM ? "none" : concern, "\t",
                    Field(reason.words()), "\n");
  }
  absl::StrAppend(&rows.verdicts, verdict, "\t", std::string{cli::NameOf(alert.level())}, "\t", alert.risk(), "\t",
                  alert.site(), "\t", alert.call_id(), "\t", alert.turn(), "\t", absl::StrJoin(reasons, " "), "\t",
                  Field(alert.verdict_note()), "\n");
}

}  // namespace hotline::feedback
