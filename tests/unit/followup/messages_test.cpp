// What crosses the wire: the case that comes in, the follow-up that goes out.
#include "followup/adapters/messages.h"

#include <gtest/gtest.h>
#include <hotline/intake/v1/intake_events.pb.h>

namespace hotline::followup {
namespace {

namespace common = hotline::common::v1;

platform::Event Changed(const intake::v1::CaseChanged& message) {
  return {.id = "e1", .time = Time{std::chrono::hours{1}}, .payload = message.SerializeAsString()};
}

intake::v1::CaseChanged CaseIn(common::CaseState state) {
  intake::v1::CaseChanged message;
  message.mutable_case_()->set_site("yz");
  message.mutable_case_()->set_case_no("C1");
  message.mutable_case_()->set_state(state);
  return message;
}

TEST(SnapshotTest, WaitsForAFollowUpInTwoStatesOnly) {
  const auto* states = common::CaseState_descriptor();
  for (int i = 1; i < states->value_count(); ++i) {
    const auto state = static_cast<common::CaseState>(states->value(i)->number());
    const bool answered = state == common::CASE_STATE_TO_FOLLOW_UP || state == common::CASE_STATE_ANSWERED_DIRECTLY;
    EXPECT_EQ(SnapshotFrom(Changed(CaseIn(state)))->standing == Standing::kAnswered, answered)
        << states->value(i)->name();
  }
}

TEST(SnapshotTest, KnowsWhoMustHearFromAPerson) {
  intake::v1::CaseChanged message = CaseIn(common::CASE_STATE_TO_FOLLOW_UP);
  EXPECT_FALSE(SnapshotFrom(Changed(message))->hearing_impaired);
  message.mutable_case_()->add_caller_tags("高龄");
  message.mutable_case_()->add_caller_tags("听力不便");
  message.mutable_case_()->set_crisis(true);
  message.mutable_case_()->set_confidential(true);
  const auto snapshot = SnapshotFrom(Changed(message));
  EXPECT_TRUE(snapshot->hearing_impaired);
  EXPECT_TRUE(snapshot->crisis);
  EXPECT_TRUE(snapshot->confidential);
}

TEST(SnapshotTest, TakesTheLeadOfTheDepartments) {
  intake::v1::CaseChanged message = CaseIn(common::CASE_STATE_TO_FOLLOW_UP);
  message.mutable_case_()->add_departments("公安局");
  message.mutable_case_()->add_departments("街道乡镇");
  EXPECT_EQ(SnapshotFrom(Changed(message))->department, "公安局");
  EXPECT_EQ(SnapshotFrom(Changed(message))->changed_at, Time{std::chrono::hours{1}});
}

TEST(SnapshotTest, RefusesWhatNamesNoCase) {
  const auto refused = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(SnapshotFrom({.payload = "\xff\xff"}).status().code(), refused);
  EXPECT_EQ(SnapshotFrom(Changed({})).status().code(), refused);
  EXPECT_EQ(SnapshotFrom(Changed(CaseIn(static_cast<common::CaseState>(99)))).status().code(), refused);
}

TEST(MessageTest, SaysNothingOfWhatIsNotKnown) {
  const v1::FollowUp fresh = ToMessage(FollowUp{});
  EXPECT_FALSE(fresh.has_outcome());
  EXPECT_FALSE(fresh.has_recorded_at());
  FollowUp hung_up;
  hung_up.outcome = Outcome{.contacted = true};
  EXPECT_FALSE(ToMessage(hung_up).outcome().has_solved());
  hung_up.outcome->solved = false;
  EXPECT_TRUE(ToMessage(hung_up).outcome().has_solved());
}

}  // namespace
}  // namespace hotline::followup
