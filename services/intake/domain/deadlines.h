#pragma once

#include <chrono>

#include "intake/domain/calendar.h"
#include "intake/domain/case.h"

namespace hotline::intake {

inline constexpr int kComplexHandlingDays = 15;
inline constexpr int kMaxExtensionDays = 10;
inline constexpr int kReturnWindowDays = 2;
inline constexpr std::chrono::hours kReopenWindow{30 * 24};

/// How soon a case must be dispatched (design.md §6): 1 h where life, public order or public health is at stake, 2 h
/// for water, power, gas, heat and extreme weather, 24 h for the rest.
[[nodiscard]] std::chrono::hours DispatchLimit(const Case& filed);

/// Working days a department has: 1 for 咨询 建议 表扬, 5 for 求助 投诉 举报 and for what is not yet understood.
[[nodiscard]] int HandlingDays(const Case& filed);

/// When handling must be done: the clock starts at dispatch.
[[nodiscard]] Time HandlingDue(const Case& dispatched, const WorkCalendar& calendar);

}  // namespace hotline::intake
