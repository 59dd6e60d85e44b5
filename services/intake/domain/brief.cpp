#include "intake/domain/brief.h"

#include <algorithm>
#include <utility>

#include <absl/strings/str_cat.h>

#include "intake/domain/calendar.h"
#include "intake/domain/repeats.h"

namespace hotline::intake {
namespace {

bool IsOverdue(const EarlierCase& filed, Time at) { return !IsEnd(filed.state) && filed.due_at && *filed.due_at < at; }

bool IsReopened(const EarlierCase& filed) { return filed.state == CaseState::kReopened || filed.reopenings > 0; }

/// 0 is the worst: a promise that is broken now, one that had to be made again, one that left the caller dissatisfied.
int Rank(const EarlierCase& filed, Time at) {
  if (IsOverdue(filed, at)) return 0;
  if (IsReopened(filed)) return 1;
  if (filed.satisfaction && IsBad(*filed.satisfaction)) return 2;
  return 3;
}

std::string DayOf(Time time) {
  const std::chrono::year_month_day day{DayInChina(time)};
  return absl::StrCat(static_cast<unsigned>(day.month()), "月", static_cast<unsigned>(day.day()), "日");
}

/// The length of the longest run of cases about one matter.
int MostRepeated(const std::vector<EarlierCase>& cases) {
  int most = 0;
  for (const EarlierCase& one : cases) {
    const auto same = std::count_if(cases.begin(), cases.end(), [&](const EarlierCase& other) {
      return &one == &other || SameMatter(one.summary, other.summary);
    });
    most = std::max(most, static_cast<int>(same));
  }
  return most;
}

std::vector<std::string> Warnings(const std::vector<EarlierCase>& cases, Time at) {
  std::vector<std::string> warnings;
  for (const EarlierCase& filed : cases) {
    if (IsOverdue(filed, at)) warnings.push_back(absl::StrCat("承诺", DayOf(*filed.due_at), "前答复，已超期"));
  }
  int returns = 0;
  for (const EarlierCase& filed : cases) {
    if (filed.state == CaseState::kReopened) warnings.push_back(absl::StrCat(filed.case_no, "正在重新办理"));
    returns += filed.returns + (filed.state == CaseState::kReturnRuling && filed.returns == 0 ? 1 : 0);
  }
  if (returns > 0) warnings.push_back(absl::StrCat("曾被退单", returns, "次"));
  if (const int most = MostRepeated(cases); most >= 2) {
    warnings.push_back(absl::StrCat("此前已", most, "次来电反映同一事项"));
  }
  const auto rated = std::find_if(cases.begin(), cases.end(), [](const EarlierCase& c) { return c.satisfaction; });
  if (rated != cases.end() && IsBad(*rated->satisfaction)) warnings.emplace_back("上次评价不满意");
  return warnings;
}

}  // namespace

CallerBrief MakeBrief(std::string caller_token, std::vector<EarlierCase> earlier, int total, Time at) {
  std::stable_sort(earlier.begin(), earlier.end(),
                   [](const EarlierCase& a, const EarlierCase& b) { return a.at > b.at; });
  std::vector<std::string> warnings = Warnings(earlier, at);  // "上次" is the newest: before the promises move up.
  std::stable_sort(earlier.begin(), earlier.end(),
                   [&](const EarlierCase& a, const EarlierCase& b) { return Rank(a, at) < Rank(b, at); });
  return {.caller_token = std::move(caller_token),
          .cases = std::move(earlier),
          .warnings = std::move(warnings),
          .total_cases = total};
}

}  // namespace hotline::intake
