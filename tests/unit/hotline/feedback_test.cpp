// What people have put right, as the rows that training reads.
#include "hotline/feedback/training_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::feedback {
namespace {

using testing::HasSubstr;
using testing::Not;

intake::v1::Case Corrected() {
  intake::v1::Case one;
  one.set_kind(common::v1::CASE_KIND_COMPLAINT);
  one.set_topic("环境保护");
  one.add_departments("生态环境局");
  one.add_departments("街道乡镇");
  one.set_title("河水发臭");
  one.set_text("河水发臭\t三个月了\n没人来");
  return one;
}

escalation::v1::Alert Judged(escalation::v1::Verdict verdict) {
  escalation::v1::Alert alert;
  alert.set_call_id("01C");
  alert.set_turn(4);
  alert.set_level(common::v1::RISK_LEVEL_ORANGE);
  alert.set_verdict(verdict);
  const auto add = [&](const char* code, const char* words) {
    auto* const reason = alert.add_reasons();
    reason->set_code(code);
    reason->set_words(words);
    reason->set_turn(4);
  };
  add("CONCERN_PASSED_AROUND", "你推我我推你");
  add("EMOTION", "气死我了");
  add("HISTORY_RETURNED", "");
  add("GROUP_ACTION", "明天都去门口坐着");
  return alert;
}

TEST(FeedbackTest, ACorrectedCaseTeachesTopicKindAndDepartments) {
  TrainingRows rows;
  AddCorrected(Corrected(), rows);
  EXPECT_EQ(rows.topics, "label\ttitle\tdetail\n环境保护\t河水发臭\t河水发臭 三个月了 没人来\n");
  EXPECT_EQ(rows.kinds, "投诉\tc\t河水发臭 三个月了 没人来\n");
  EXPECT_EQ(rows.departments,
            "lead\tothers\ttitle\tdetail\n生态环境局\t街道乡镇\t河水发臭\t河水发臭 三个月了 没人来\n");
  EXPECT_EQ(rows.cases, 1);
}

TEST(FeedbackTest, AWarningThatWasRightTeachesWhatItNamed) {
  TrainingRows rows;
  AddJudged(Judged(escalation::v1::VERDICT_TOO_LATE), rows);
  EXPECT_EQ(rows.concerns, "passed_around\t你推我我推你\ngroup\t明天都去门口坐着\n");
  EXPECT_THAT(rows.verdicts, HasSubstr("too_late\torange\t"));
}

TEST(FeedbackTest, AFalseAlarmTeachesThatItWasNone) {
  TrainingRows rows;
  AddJudged(Judged(escalation::v1::VERDICT_FALSE_ALARM), rows);
  EXPECT_EQ(rows.concerns, "none\t你推我我推你\nnone\t明天都去门口坐着\n");
  EXPECT_THAT(rows.concerns, Not(HasSubstr("气死"))) << "a feeling is no concern, and it may have been felt";
}

TEST(FeedbackTest, WhatNobodyJudgedTeachesNothing) {
  TrainingRows rows;
  AddJudged(Judged(escalation::v1::VERDICT_UNSPECIFIED), rows);
  EXPECT_EQ(rows.alerts, 0);
  EXPECT_TRUE(rows.concerns.empty());
}

TEST(FeedbackTest, EveryHardRuleHasAConcern) {
  for (const char* code :
       {"LIFE_SELF", "LIFE_SELF_IMPLIED", "LIFE_DANGER", "LIFE_DANGER_IMPLIED", "VIOLENCE", "VIOLENCE_IMPLIED",
        "GROUP_ACTION", "PETITION", "PUBLIC_ORDER", "PUBLIC_ORDER_IMPLIED", "INFORMANT_LEAK"}) {
    EXPECT_NE(ConcernOfReason(code), "") << code;
  }
  EXPECT_EQ(ConcernOfReason("EMOTION_RISING"), "");
  for (const char* code : {"DEATH_ASKED", "DANGER_ASKED", "HELP_SENT"})
    EXPECT_EQ(ConcernOfReason(code), "") << code << ": an agent's words teach nothing of a caller's";
}

}  // namespace
}  // namespace hotline::feedback
