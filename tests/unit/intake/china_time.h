#pragma once

#include <chrono>

#include "intake/domain/calendar.h"

namespace hotline::intake {

/// A moment on China's clock in 2026, the year these tests are set in.
inline Time InChina(unsigned month, unsigned day, int hour = 9, int minute = 0, int second = 0) {
  const std::chrono::sys_days date{std::chrono::year{2026} / static_cast<int>(month) / static_cast<int>(day)};
  return Time{date} + std::chrono::hours{hour - 8} + std::chrono::minutes{minute} + std::chrono::seconds{second};
}

/// The last second of a day: how deadlines of working days end.
inline Time EndOfDay(unsigned month, unsigned day) { return InChina(month, day, 23, 59, 59); }

}  // namespace hotline::intake
