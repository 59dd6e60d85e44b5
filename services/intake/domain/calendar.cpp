#include "intake/domain/calendar.h"

#include <string>

#include <absl/status/status.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "intake/domain/working_days.h"

namespace hotline::intake {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::chrono::hours kChinaOffset{8};
constexpr days kLongestSpan{31};

absl::StatusOr<sys_days> ParseDay(absl::string_view text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '-');
  if (parts.size() == 3 && absl::SimpleAtoi(parts[0], &year) && absl::SimpleAtoi(parts[1], &month) &&
      absl::SimpleAtoi(parts[2], &day)) {
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
    if (date.ok()) return sys_days{date};
  }
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is no date"));
}

}  // namespace

absl::StatusOr<WorkCalendar> WorkCalendar::Parse(std::string_view text) {
  WorkCalendar calendar;
  for (const absl::string_view line : absl::StrSplit(absl::string_view{text.data(), text.size()}, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (fields.size() < 3) return absl::InvalidArgumentError(absl::StrCat("not \"first last off|work\": ", line));
    const auto first = ParseDay(fields[0]);
    if (!first.ok()) return first.status();
    const auto last = ParseDay(fields[1]);
    if (!last.ok()) return last.status();
    const bool worked = fields[2] == "work";
    if ((!worked && fields[2] != "off") || *last < *first || *last - *first > kLongestSpan) {
      return absl::InvalidArgumentError(absl::StrCat("no span of days off or worked: ", line));
    }
    for (sys_days day = *first; day <= *last; day += days{1}) calendar.exceptions_[day] = worked;
  }
  return calendar;
}

const WorkCalendar& WorkCalendar::China() {
  static const WorkCalendar calendar = Parse(kWorkingDays).value();
  return calendar;
}

bool WorkCalendar::IsWorkingDay(sys_days day) const {
  if (const auto exception = exceptions_.find(day); exception != exceptions_.end()) return exception->second;
  const std::chrono::weekday weekday{day};
  return weekday != std::chrono::Saturday && weekday != std::chrono::Sunday;
}

Time WorkCalendar::AfterWorkingDays(Time start, int working_days) const {
  sys_days day = DayInChina(start);
  while (working_days > 0) {
    day += days{1};
    if (IsWorkingDay(day)) --working_days;
  }
  return Time{day + days{1}} - kChinaOffset - std::chrono::seconds{1};
}

sys_days DayInChina(Time time) { return std::chrono::floor<days>(time + kChinaOffset); }

}  // namespace hotline::intake
