#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace hotline::intake {

/// "YZ20260303000042": the site's code, the day in China, a serial of that day (six digits, more when a day needs
/// them).
[[nodiscard]] std::string FormatCaseNumber(std::string_view site_code, std::chrono::sys_days day, std::int64_t serial);

/// "20260303": the day as a number, how serials are kept.
[[nodiscard]] std::int64_t DayNumber(std::chrono::sys_days day);

}  // namespace hotline::intake
