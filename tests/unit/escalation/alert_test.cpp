// The life of a warning.
#include "escalation/domain/alert.h"

#include <gtest/gtest.h>

namespace hotline::escalation {
namespace {

TurnRisk At(RiskLevel level) { return {.turn = 1, .risk = .5, .level = level}; }

TEST(AlertTest, OnlyAStepUpIsWarnedOf) {
  EXPECT_FALSE(IsStepUp(RiskLevel::kGreen, At(RiskLevel::kYellow)));
  EXPECT_TRUE(IsStepUp(RiskLevel::kGreen, At(RiskLevel::kOrange)));
  EXPECT_FALSE(IsStepUp(RiskLevel::kOrange, At(RiskLevel::kOrange)));
  EXPECT_TRUE(IsStepUp(RiskLevel::kOrange, At(RiskLevel::kRed)));
  EXPECT_TRUE(IsStepUp(RiskLevel::kGreen, At(RiskLevel::kRed)));
  EXPECT_FALSE(IsStepUp(RiskLevel::kRed, At(RiskLevel::kOrange)));
}

TEST(AlertTest, OneSupervisorAcknowledges) {
  Alert alert;
  EXPECT_TRUE(Acknowledge(alert, "li").ok());
  EXPECT_EQ(alert.state, AlertState::kAcknowledged);
  EXPECT_EQ(alert.actor, "li");
  EXPECT_EQ(alert.version, 2);
  EXPECT_TRUE(Acknowledge(alert, "li").ok());
  EXPECT_EQ(alert.version, 2) << "said twice is said once";
  EXPECT_EQ(Acknowledge(alert, "wang").code(), absl::StatusCode::kFailedPrecondition);
}

TEST(AlertTest, ACallIsTakenOverOnceByAnybody) {
  Alert alert;
  ASSERT_TRUE(Acknowledge(alert, "li").ok());
  EXPECT_TRUE(TakeOver(alert, "wang").ok()) << "the caller waits for no colleague";
  EXPECT_EQ(alert.actor, "wang");
  EXPECT_TRUE(TakeOver(alert, "wang").ok());
  EXPECT_EQ(alert.version, 3);
  EXPECT_EQ(TakeOver(alert, "li").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Acknowledge(alert, "wang").code(), absl::StatusCode::kFailedPrecondition);
}

TEST(AlertTest, IsJudgedAfterSomebodyLooked) {
  Alert alert;
  EXPECT_EQ(Judge(alert, "li", Verdict::kRight, "").code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(TakeOver(alert, "li").ok());
  EXPECT_TRUE(Judge(alert, "wang", Verdict::kTooLate, "早两轮就该报").ok());
  EXPECT_EQ(alert.verdict, Verdict::kTooLate);
  EXPECT_EQ(alert.actor, "li");
  EXPECT_EQ(alert.version, 3);
  EXPECT_TRUE(Judge(alert, "wang", Verdict::kTooLate, "早两轮就该报").ok());
  EXPECT_EQ(alert.version, 3);
}

}  // namespace
}  // namespace hotline::escalation
