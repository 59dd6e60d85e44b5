#pragma once

#include <chrono>
#include <map>
#include <string_view>

#include <absl/status/statusor.h>

#include "intake/domain/terms.h"

namespace hotline::intake {

/// The working days of China: Monday to Friday, but for public holidays and the weekend days worked in exchange (调休).
/// Immutable, thread-safe. Years without a published plan follow the weekly rhythm.
class WorkCalendar {
 public:
  /// Lines of "first last off|work name"; # comments. INVALID_ARGUMENT names the line.
  static absl::StatusOr<WorkCalendar> Parse(std::string_view text);

  /// The plan compiled in: data/working_days.txt.
  static const WorkCalendar& China();

  [[nodiscard]] bool IsWorkingDay(std::chrono::sys_days day) const;

  /// The last second of the `days`-th working day after the day of `start`, in China's zone. The day of the start
  /// does not count and the last day counts whole (民法典 第二百零一条, 第二百零三条).
  [[nodiscard]] Time AfterWorkingDays(Time start, int days) const;

 private:
  std::map<std::chrono::sys_days, bool> exceptions_;  // Day -> is worked.
};

/// The day of `time` in China (+08:00, the whole country, no summer time).
[[nodiscard]] std::chrono::sys_days DayInChina(Time time);

}  // namespace hotline::intake
