#include "intake/domain/deadlines.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace hotline::intake {
namespace {

using std::chrono::hours;

// The matter is read off what the machine said of the case: who handles it and under which topic it falls.
constexpr std::array<std::string_view, 2> kLifeDepartments = {"应急管理局", "消防救援"};
constexpr std::array<std::string_view, 3> kLifeTopics = {"公共卫生", "社会治安", "动物防疫"};
constexpr std::array<std::string_view, 4> kUtilityDepartments = {"供热单位", "供水单位", "供电单位", "燃气单位"};
constexpr std::array<std::string_view, 2> kWeatherTopics = {"海洋气象地震", "救灾募捐"};

template <std::size_t N>
bool Holds(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <std::size_t N>
bool FallsUnder(const Case& filed, const std::array<std::string_view, N>& subtopics) {
  return !filed.topics.empty() && Holds(subtopics, filed.topics.front().subtopic);
}

template <std::size_t N>
bool IsHandledBy(const Case& filed, const std::array<std::string_view, N>& departments) {
  return std::any_of(filed.departments.begin(), filed.departments.end(),
                     [&](const std::string& name) { return Holds(departments, name); });
}

}  // namespace

hours DispatchLimit(const Case& filed) {
  const bool lead_saves_lives = !filed.departments.empty() && Holds(kLifeDepartments, filed.departments.front());
  if (filed.crisis || lead_saves_lives || FallsUnder(filed, kLifeTopics)) return hours{1};
  if (IsHandledBy(filed, kUtilityDepartments) || FallsUnder(filed, kWeatherTopics)) return hours{2};
  return hours{24};
}

int HandlingDays(const Case& filed) {
  switch (filed.kind.value_or(CaseKind::kHelp)) {
    case CaseKind::kInquiry:
    case CaseKind::kSuggestion:
    case CaseKind::kPraise: return 1;
    case CaseKind::kHelp:
    case CaseKind::kComplaint:
    case CaseKind::kReport: break;
  }
  return 5;
}

Time HandlingDue(const Case& dispatched, const WorkCalendar& calendar) {
  return calendar.AfterWorkingDays(dispatched.dispatched_at.value_or(dispatched.opened_at),
                                   dispatched.handling_days + dispatched.extension_days);
}

}  // namespace hotline::intake
