// One asking: when, how, how often, and when it has ended.
#include "followup/domain/follow_up.h"

#include <gtest/gtest.h>

namespace hotline::followup {
namespace {

using std::chrono::hours;

class FollowUpTest : public testing::Test {
 protected:
  const Time now_{hours{24 * 20'000}};
  const SitePolicy policy_{.delay = hours{24}, .usual_way = AskBy::kSms, .retry_waits = {hours{4}, hours{24}}};
  CaseSnapshot answered_{.site = "yz", .case_no = "C1", .standing = Standing::kAnswered, .changed_at = now_};
};

TEST_F(FollowUpTest, IsDueAfterTheDelayOfTheSite) {
  const FollowUp planned = Plan(answered_, policy_);
  EXPECT_EQ(planned.due_at, now_ + hours{24});
  EXPECT_EQ(planned.next_attempt_at, planned.due_at);
  EXPECT_EQ(planned.ask_by, AskBy::kSms);
  EXPECT_EQ(planned.state, FollowUpState::kDue);
}

TEST_F(FollowUpTest, AsksOnceMoreAfterEachReopening) {
  EXPECT_EQ(Plan(answered_, policy_).id, "yz/C1/1");
  answered_.reopenings = 1;
  EXPECT_EQ(Plan(answered_, policy_).id, "yz/C1/2");
  EXPECT_EQ(Plan(answered_, policy_).round, 2);
}

TEST_F(FollowUpTest, LeavesCallersWhoNeedAPersonToAPerson) {
  for (bool CaseSnapshot::*reason :
       {&CaseSnapshot::crisis, &CaseSnapshot::confidential, &CaseSnapshot::hearing_impaired}) {
    CaseSnapshot answered = answered_;
    answered.*reason = true;
    EXPECT_EQ(Plan(answered, policy_).ask_by, AskBy::kPerson);
  }
}

TEST_F(FollowUpTest, TurnsToAPersonWhenACrisisIsLearnedOfLater) {
  FollowUp follow_up = Plan(answered_, policy_);
  EXPECT_FALSE(Refresh(follow_up, answered_, policy_)) << "nothing has changed";
  answered_.crisis = true;
  answered_.changed_at += hours{1};
  EXPECT_TRUE(Refresh(follow_up, answered_, policy_));
  EXPECT_EQ(follow_up.ask_by, AskBy::kPerson);
  EXPECT_EQ(follow_up.due_at, now_ + hours{24}) << "the due time never moves";
  EXPECT_EQ(follow_up.version, 2);
}

TEST_F(FollowUpTest, TriesAgainAndGivesUpAfterTheLastAttempt) {
  FollowUp follow_up = Plan(answered_, policy_);
  const Outcome nobody{.contacted = false};
  ASSERT_TRUE(Record(follow_up, nobody, policy_, now_).ok());
  EXPECT_EQ(follow_up.state, FollowUpState::kDue);
  EXPECT_EQ(follow_up.next_attempt_at, now_ + hours{4});
  ASSERT_TRUE(Record(follow_up, nobody, policy_, now_).ok());
  EXPECT_EQ(follow_up.next_attempt_at, now_ + hours{24});
  ASSERT_TRUE(Record(follow_up, nobody, policy_, now_).ok());
  EXPECT_EQ(follow_up.state, FollowUpState::kUnreached);
  EXPECT_EQ(follow_up.attempts, 3);
  EXPECT_EQ(follow_up.due_at, now_ + hours{24});
  EXPECT_EQ(Record(follow_up, nobody, policy_, now_).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(FollowUpTest, HearsAnUnreachedCallerWhoRingsBack) {
  FollowUp follow_up = Plan(answered_, {.retry_waits = {}});
  ASSERT_TRUE(Record(follow_up, {.contacted = false}, {.retry_waits = {}}, now_).ok());
  ASSERT_EQ(follow_up.state, FollowUpState::kUnreached);
  EXPECT_TRUE(Record(follow_up, {.contacted = true, .solved = true}, policy_, now_).ok());
  EXPECT_EQ(follow_up.state, FollowUpState::kRecorded);
}

TEST_F(FollowUpTest, RecordsOnce) {
  FollowUp follow_up = Plan(answered_, policy_);
  ASSERT_TRUE(Record(follow_up, {.contacted = true, .solved = true}, policy_, now_).ok());
  EXPECT_EQ(Record(follow_up, {.contacted = true, .solved = false}, policy_, now_).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(follow_up.outcome->solved, true);
}

TEST_F(FollowUpTest, ExcludesOnceAndNeverWithoutAReason) {
  FollowUp follow_up = Plan(answered_, policy_);
  ASSERT_TRUE(Exclude(follow_up, "恶意差评").ok());
  EXPECT_EQ(Exclude(follow_up, "另一个").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(follow_up.exclusion, "恶意差评");
  FollowUp cancelled = Plan(answered_, policy_);
  Cancel(cancelled, ReasonToCancel(Standing::kMerged));
  EXPECT_FALSE(cancelled.exclusion.empty());
}

TEST_F(FollowUpTest, StillAsksAboutACaseThatWasClosedByHand) {
  EXPECT_EQ(ReasonToCancel(Standing::kClosed), "");
  EXPECT_NE(ReasonToCancel(Standing::kReopened), "");
  EXPECT_NE(ReasonToCancel(Standing::kElsewhere), "");
}

}  // namespace
}  // namespace hotline::followup
