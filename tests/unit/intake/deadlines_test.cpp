// How long everybody has, by the calendar that China works by.
#include "intake/domain/deadlines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "china_time.h"

namespace hotline::intake {
namespace {

using std::chrono::hours;
using testing::HasSubstr;

const WorkCalendar& kChina = WorkCalendar::China();

TEST(WorkCalendarTest, TheDayOfTheStartDoesNotCountAndTheLastCountsWhole) {
  EXPECT_EQ(kChina.AfterWorkingDays(InChina(3, 3, 0, 0), 1), EndOfDay(3, 4));
  EXPECT_EQ(kChina.AfterWorkingDays(EndOfDay(3, 3), 1), EndOfDay(3, 4));
  EXPECT_EQ(kChina.AfterWorkingDays(InChina(3, 6), 1), EndOfDay(3, 9)) << "over a weekend";
}

TEST(WorkCalendarTest, SaturdaysThatAreWorkedInExchangeCount) {
  EXPECT_EQ(kChina.AfterWorkingDays(InChina(2, 13), 1), EndOfDay(2, 14)) << "a Saturday before 春节";
  EXPECT_EQ(kChina.AfterWorkingDays(InChina(2, 13), 2), EndOfDay(2, 24)) << "and then nine days off";
  EXPECT_EQ(kChina.AfterWorkingDays(InChina(2, 27), 1), EndOfDay(2, 28));
}

TEST(WorkCalendarTest, WhatComesInOnAHolidayWaitsForTheFirstWorkingDay) {
  EXPECT_EQ(kChina.AfterWorkingDays(InChina(10, 2), 1), EndOfDay(10, 8));
  EXPECT_FALSE(kChina.IsWorkingDay(DayInChina(InChina(10, 7))));
  EXPECT_TRUE(kChina.IsWorkingDay(DayInChina(InChina(10, 10)))) << "a Saturday, worked";
}

TEST(WorkCalendarTest, DaysBreakAtMidnightInChina) {
  EXPECT_NE(DayInChina(EndOfDay(3, 3)), DayInChina(EndOfDay(3, 3) + std::chrono::seconds{1}));
  EXPECT_EQ(DayInChina(InChina(3, 4, 0)), DayInChina(InChina(3, 4, 23)));
}

TEST(WorkCalendarTest, NamesTheLineItCannotRead) {
  for (const char* line : {"2026-02-30 2026-03-01 off 春节", "2026-03-01 off", "2026-03-02 2026-03-01 off 倒",
                           "2026-03-01 2026-03-01 perhaps 某日", "2026-01-01 2026-12-31 off 整年"}) {
    const auto calendar = WorkCalendar::Parse(line);
    EXPECT_EQ(calendar.status().code(), absl::StatusCode::kInvalidArgument) << line;
    EXPECT_THAT(std::string{calendar.status().message()}, HasSubstr("2026-0")) << line;
  }
  EXPECT_TRUE(WorkCalendar::Parse("# nothing\n\n2026-03-07 2026-03-07 work 调休\n").ok());
}

Case Of(std::vector<std::string> departments, std::string subtopic = {}) {
  Case filed;
  filed.departments = std::move(departments);
  filed.topics = {{.topic = "城乡建设", .subtopic = std::move(subtopic), .probability = .9}};
  return filed;
}

TEST(DispatchLimitTest, DangerIsDispatchedWithinAnHour) {
  EXPECT_EQ(DispatchLimit(Of({"消防救援"})), hours{1});
  EXPECT_EQ(DispatchLimit(Of({"卫生健康委员会"}, "公共卫生")), hours{1});
  Case crisis = Of({"街道乡镇"});
  crisis.crisis = true;
  EXPECT_EQ(DispatchLimit(crisis), hours{1});
  EXPECT_EQ(DispatchLimit(Of({"住房和城乡建设局", "消防救援"})), hours{24}) << "a helper does not make it urgent";
}

TEST(DispatchLimitTest, WaterPowerGasHeatAndWeatherWithinTwo) {
  for (const char* unit : {"供水单位", "供电单位", "燃气单位", "供热单位"}) {
    EXPECT_EQ(DispatchLimit(Of({"住房和城乡建设局", unit})), hours{2}) << unit;
  }
  EXPECT_EQ(DispatchLimit(Of({"应急管理局"})), hours{1}) << "the shorter limit holds";
}

TEST(DispatchLimitTest, TheRestWithinADay) {
  EXPECT_EQ(DispatchLimit(Of({"城市管理执法局"})), hours{24});
  EXPECT_EQ(DispatchLimit(Case{}), hours{24}) << "what nobody has understood yet";
}

TEST(HandlingTest, QuestionsTakeADayComplaintsAWeek) {
  Case filed;
  const auto days = [&](CaseKind kind) {
    filed.kind = kind;
    return HandlingDays(filed);
  };
  EXPECT_EQ(HandlingDays(filed), 5) << "not understood yet";
  EXPECT_EQ(days(CaseKind::kInquiry), 1);
  EXPECT_EQ(days(CaseKind::kSuggestion), 1);
  EXPECT_EQ(days(CaseKind::kHelp), 5);
  EXPECT_EQ(days(CaseKind::kComplaint), 5);
  EXPECT_EQ(days(CaseKind::kReport), 5);
}

TEST(HandlingTest, TheClockStartsAtDispatchAndExtensionsAddToIt) {
  Case filed;
  filed.opened_at = InChina(3, 2);
  filed.dispatched_at = InChina(3, 3);
  filed.handling_days = 5;
  EXPECT_EQ(HandlingDue(filed, kChina), EndOfDay(3, 10));
  filed.extension_days = 10;
  EXPECT_EQ(HandlingDue(filed, kChina), EndOfDay(3, 24));
}

}  // namespace
}  // namespace hotline::intake
