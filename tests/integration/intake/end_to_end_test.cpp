// Intake end to end, its siblings played by the test: what comes in becomes cases, once, and nothing private stays.
#include <thread>

#include <gmock/gmock.h>

#include <hotline/escalation/v1/escalation_events.pb.h>
#include <hotline/followup/v1/followup_events.pb.h>

#include "intake_fixture.h"
#include "platform/bus/topics.h"
#include "platform/rpc/status.h"

namespace hotline::intake {
namespace {

using common::v1::SPEAKER_AGENT;
using common::v1::SPEAKER_CALLER;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

TEST_F(IntakeTest, AnswersAMessageWithItsCaseAndRoutesItWhenItIsUnderstood) {
  Start();
  const v1::FileMessageResponse filed = File(Message("楼顶漏水三个月没人修"));
  EXPECT_THAT(filed.case_no(), StartsWith("YZ20260303"));
  EXPECT_EQ(GetCase(filed.case_no()).state(), common::v1::CASE_STATE_PENDING);

  Understand(filed.call_id(), {Complaint("楼顶漏水")});
  Assess(filed.call_id(), {SPEAKER_CALLER});
  const v1::Case routed = AwaitRouted(filed.case_no());
  EXPECT_EQ(routed.state(), common::v1::CASE_STATE_DISPATCHED);
  EXPECT_EQ(routed.text(), "楼顶漏水三个月没人修") << "the sender's own words stay";
  EXPECT_THAT(routed.departments(), ElementsAre("住房和城乡建设局"));
  // Five working days from Tuesday the 3rd: the end of Tuesday the 10th, in China.
  EXPECT_EQ(routed.due_at().seconds(), 1'773'158'399);
}

TEST_F(IntakeTest, FilesAMessageThatComesAgainOnce) {
  Start();
  v1::FileMessageRequest message = Message("楼顶漏水三个月没人修");
  message.set_external_id("wx-1");
  const v1::FileMessageResponse filed = File(message);
  EXPECT_EQ(File(message).case_no(), filed.case_no()) << "the same request: the first answer";

  message.set_request_id(NextId());
  v1::FileMessageResponse none;
  const grpc::Status again = stub_->FileMessage(Context().get(), message, &none);
  EXPECT_EQ(platform::ReasonOf(platform::FromGrpcStatus(again)), "EXTERNAL_ID_TAKEN") << "another, of the same message";
  EXPECT_EQ(CountRows("SELECT count(*) FROM cases"), 1);
  EXPECT_EQ(CountRows("SELECT count(*) FROM requests"), 1);
}

TEST_F(IntakeTest, DraftsTheCasesOfACallOnceAndShowsItsWholeFeedInOrder) {
  Start();
  const std::string call_id = OpenCall();
  Say(call_id, {{SPEAKER_AGENT, "您好"}, {SPEAKER_CALLER, "楼顶漏水，物业费也乱收"}});
  CloseCall(call_id);
  Assess(call_id, {SPEAKER_AGENT, SPEAKER_CALLER});
  Understand(call_id, {Complaint("楼顶漏水"), Complaint("物业费乱收", 0.1)});

  const std::vector<v1::WatchCallResponse> entries = WatchToTheEnd(call_id);
  ASSERT_THAT(entries, SizeIs(7)) << "two turns understood and assessed, advice, review, settled";
  for (std::size_t i = 1; i < entries.size(); ++i) EXPECT_GT(entries[i].cursor(), entries[i - 1].cursor());
  const v1::CallSettled& settled = entries.back().settled();
  EXPECT_TRUE(settled.understood());
  ASSERT_THAT(settled.cases(), SizeIs(2));
  EXPECT_EQ(settled.cases(0).state(), common::v1::CASE_STATE_DISPATCHED);
  EXPECT_EQ(settled.cases(1).state(), common::v1::CASE_STATE_TO_DISPATCH) << "nobody is sure of the department";

  EXPECT_THAT(WatchToTheEnd(call_id, entries[4].cursor()), SizeIs(2)) << "a watcher goes on where it was cut";
}

TEST_F(IntakeTest, WhatASupervisorWasWarnedOfBecomesACaseBeforeTheQuestionItHidBehind) {
  Start();
  const std::string call_id = AskWhatIsNoQuestion();
  Alarm(call_id, 2, common::v1::PERIL_LIFE, "LIFE_SELF_IMPLIED");
  Assess(call_id, {SPEAKER_AGENT, SPEAKER_CALLER});

  const v1::CallSettled settled = WatchToTheEnd(call_id).back().settled();
  ASSERT_THAT(settled.cases(), SizeIs(2));
  const v1::Case& danger = settled.cases(0);
  EXPECT_EQ(danger.kind(), common::v1::CASE_KIND_HELP);
  EXPECT_EQ(danger.state(), common::v1::CASE_STATE_TO_DISPATCH) << "nobody was sent: a person has to look at it";
  EXPECT_TRUE(danger.crisis());
  EXPECT_THAT(danger.departments(), ElementsAre("公安局", "住房和城乡建设局"));
  EXPECT_EQ(danger.due_at().seconds() - danger.opened_at().seconds(), 3600);
  EXPECT_EQ(danger.evidence(0).code(), "LIFE_SELF_IMPLIED");
  EXPECT_EQ(settled.cases(1).state(), common::v1::CASE_STATE_ANSWERED_DIRECTLY) << "the question stays a case";
}

TEST_F(IntakeTest, NoCaseIsDraftedBeforeAllTurnsWereAssessedUnlessThatTakesTooLong) {
  Start();
  const std::string call_id = OpenCall();
  Say(call_id, {{SPEAKER_AGENT, "您好"}, {SPEAKER_CALLER, "楼顶漏水，没人管，我也不想管了"}});
  CloseCall(call_id);
  Understand(call_id, {Complaint("楼顶漏水")});  // Waits for no answer of knowledge.
  const v1::FileMessageResponse later = File(Message("楼顶漏水三个月没人修"));
  Assess(later.call_id(), {SPEAKER_CALLER});
  Understand(later.call_id(), {Complaint("楼顶漏水")});
  AwaitRouted(later.case_no());
  EXPECT_EQ(CountRows("SELECT count(*) FROM cases"), 1) << "the message's alone";

  clock_.Advance(std::chrono::minutes{1});
  const v1::CallSettled settled = WatchToTheEnd(call_id).back().settled();
  ASSERT_THAT(settled.cases(), SizeIs(1));
  EXPECT_EQ(settled.cases(0).state(), common::v1::CASE_STATE_DISPATCHED);
  EXPECT_FALSE(settled.cases(0).crisis());

  Alarm(call_id, 2, common::v1::PERIL_LIFE, "LIFE_SELF_IMPLIED");
  Alarm(call_id, 2, common::v1::PERIL_LIFE, "LIFE_SELF");
  const v1::Case heeded = AwaitCrisis(settled.cases(0).case_no());
  EXPECT_EQ(heeded.evidence(0).code(), "LIFE_SELF_IMPLIED") << "late, and it is heeded once";
  EXPECT_EQ(heeded.version(), settled.cases(0).version() + 1);
}

TEST_F(IntakeTest, ARedThatASupervisorCalledAFalseAlarmChangesNoCase) {
  Start();
  const std::string call_id = AskWhatIsNoQuestion();
  escalation::v1::AlertChanged judged;
  judged.mutable_alert()->set_call_id(call_id);
  judged.mutable_alert()->set_level(common::v1::RISK_LEVEL_RED);
  judged.mutable_alert()->set_verdict(escalation::v1::VERDICT_FALSE_ALARM);
  Publish(platform::kAlertsTopic, call_id, judged);
  while (CountRows("SELECT count(*) FROM call_feed") < 2) std::this_thread::yield();  // Another topic: in no order.
  Alarm(call_id, 2, common::v1::PERIL_LIFE, "LIFE_SELF_IMPLIED");
  Assess(call_id, {SPEAKER_AGENT, SPEAKER_CALLER});

  const v1::CallSettled settled = WatchToTheEnd(call_id).back().settled();
  ASSERT_THAT(settled.cases(), SizeIs(1));
  EXPECT_FALSE(settled.cases(0).crisis());
}

TEST_F(IntakeTest, FindsACaseByEveryWordItHolds) {
  Start();
  const v1::FileMessageResponse filed = File(Message("楼顶漏水三个月没人修"));
  Assess(filed.call_id(), {SPEAKER_CALLER});
  Understand(filed.call_id(), {Complaint("屋面渗漏", 0.1)});
  const v1::Case waiting = AwaitRouted(filed.case_no());
  EXPECT_THAT(Search("屋面渗漏"), ElementsAre(filed.case_no())) << "the title that it was given";

  v1::SupplementCaseRequest supplement;
  supplement.set_request_id(NextId());
  supplement.set_case_no(filed.case_no());
  supplement.set_expected_version(waiting.version());
  supplement.set_text("卧室墙皮也脱落了");
  v1::SupplementCaseResponse supplemented;
  ASSERT_TRUE(stub_->SupplementCase(Context().get(), supplement, &supplemented).ok());
  v1::CorrectCaseRequest correct;
  correct.set_request_id(NextId());
  correct.set_case_no(filed.case_no());
  correct.set_expected_version(supplemented.case_().version());
  correct.set_title("顶层住户反映防水失效");
  correct.set_reason("标题不准");
  v1::CorrectCaseResponse corrected;
  ASSERT_TRUE(stub_->CorrectCase(Context().get(), correct, &corrected).ok());

  for (const char* words : {"防水失效", "漏水三个月", "墙皮"}) {
    EXPECT_THAT(Search(words), ElementsAre(filed.case_no())) << words;
  }
  EXPECT_THAT(Search("屋面渗漏"), IsEmpty()) << "the title it no longer has";
}

}  // namespace
}  // namespace hotline::intake
