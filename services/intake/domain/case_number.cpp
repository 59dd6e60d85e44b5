#include "intake/domain/case_number.h"

#include <absl/strings/str_format.h>

namespace hotline::intake {

std::string FormatCaseNumber(std::string_view site_code, std::chrono::sys_days day, std::int64_t serial) {
  return absl::StrFormat("%s%08d%06d", site_code, DayNumber(day), serial);
}

std::int64_t DayNumber(std::chrono::sys_days day) {
  const std::chrono::year_month_day date{day};
  return static_cast<int>(date.year()) * 10'000 + static_cast<unsigned>(date.month()) * 100 +
         static_cast<unsigned>(date.day());
}

}  // namespace hotline::intake
