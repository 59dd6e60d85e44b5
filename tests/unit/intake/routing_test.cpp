// Where a case goes first: each ends in exactly one of 紧急转接, 告知, 直接答复, 已派遣, 待派遣.
#include "intake/domain/routing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "china_time.h"

namespace hotline::intake {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;

const Time kOpened = InChina(3, 3);
const Time kUnderstood = kOpened + std::chrono::minutes{2};

UnderstoodMatter Complaint(double confidence = .9) {
  return {.kind = CaseKind::kComplaint,
          .topics = {{.topic = "城乡建设", .subtopic = {}, .probability = .8}},
          .departments = {"住房和城乡建设局", "街道乡镇"},
          .dispatch_basis = "2026.1 房屋漏水",
          .dispatch_confidence = confidence,
          .title = "楼顶漏水（投诉）",
          .summary = "楼顶漏水三个月"};
}

UnderstoodMatter Inquiry() {
  UnderstoodMatter matter = Complaint();
  matter.kind = CaseKind::kInquiry;
  matter.question = "高龄津贴每月多少钱？";
  return matter;
}

KnowledgeAnswer Answer(double confidence = .9) {
  return {.question = "高龄津贴每月多少钱？",
          .article_id = "P012",
          .document_number = "云政规〔2025〕3号",
          .clause = "第四条",
          .effective_from = "2026-01-01",
          .text = "80至89周岁每人每月100元。",
          .confidence = confidence};
}

Case Routed(const UnderstoodMatter& matter, const std::vector<KnowledgeAnswer>& answers = {}, Case filed = {}) {
  filed.opened_at = kOpened;
  FillAndRoute(filed, matter, answers, RoutingPolicy{}, WorkCalendar::China(), kUnderstood);
  return filed;
}

TEST(RoutingTest, ASureDepartmentIsDispatchedAndItsClockStarts) {
  const Case filed = Routed(Complaint());
  EXPECT_EQ(filed.state, CaseState::kDispatched);
  EXPECT_THAT(filed.departments, ElementsAre("住房和城乡建设局", "街道乡镇"));
  EXPECT_EQ(filed.dispatched_at, kUnderstood);
  EXPECT_EQ(filed.due_at, EndOfDay(3, 10));
  EXPECT_EQ(filed.topic, "城乡建设");
}

TEST(RoutingTest, WhatNobodyIsSureOfWaitsForAPerson) {
  for (const double confidence : {0.0, .49}) {
    const Case filed = Routed(Complaint(confidence));
    EXPECT_EQ(filed.state, CaseState::kToDispatch);
    EXPECT_EQ(filed.due_at, kOpened + hours{24}) << "the desk's limit counts from the filing";
  }
  UnderstoodMatter nobodys = Complaint(1);
  nobodys.departments.clear();
  EXPECT_EQ(Routed(nobodys).state, CaseState::kToDispatch);
}

TEST(RoutingTest, DangerForWhichTheAgentCalledHelpIsHandedOverWhateverElseItIs) {
  UnderstoodMatter danger = Inquiry();
  danger.kind = CaseKind::kHelp;
  danger.crisis = true;
  danger.emergency_number = "110";
  danger.legal_route = "诉讼";
  danger.answered_in_call = true;
  const Case filed = Routed(danger, {Answer()});
  EXPECT_EQ(filed.state, CaseState::kEmergencyTransferred);
  EXPECT_EQ(filed.route, "110");
  EXPECT_FALSE(filed.due_at.has_value());
}

TEST(RoutingTest, DangerForWhichNobodyCalledIsNeitherAnsweredNorToldOfARoute) {
  UnderstoodMatter danger = Inquiry();
  danger.crisis = true;
  danger.legal_route = "诉讼";
  danger.answered_in_call = true;
  EXPECT_EQ(Routed(danger, {Answer()}).state, CaseState::kDispatched);
  danger.dispatch_confidence = 0;
  const Case filed = Routed(danger, {Answer()});
  EXPECT_EQ(filed.state, CaseState::kToDispatch);
  EXPECT_EQ(filed.due_at, kOpened + hours{1});
}

TEST(RoutingTest, HelpThatAnAgentCalledWithoutDangerEndsNoCase) {
  UnderstoodMatter smoke = Complaint();
  smoke.emergency_number = "119";
  EXPECT_EQ(Routed(smoke).state, CaseState::kDispatched);
}

TEST(RoutingTest, WhatIsComplainedOfBesidesDangerIsStillToBeHandled) {
  UnderstoodMatter threatened = Complaint();
  threatened.crisis = true;
  threatened.emergency_number = "110";
  EXPECT_EQ(Routed(threatened).state, CaseState::kDispatched);
}

TEST(RoutingTest, WhatIsForTheCourtsIsToldSoAndNeverDispatched) {
  UnderstoodMatter court = Complaint();
  court.legal_route = "诉讼：向人民法院起诉";
  const Case filed = Routed(court);
  EXPECT_EQ(filed.state, CaseState::kInformed);
  EXPECT_EQ(filed.route, "诉讼：向人民法院起诉");
  EXPECT_FALSE(filed.dispatched_at.has_value());
}

TEST(RoutingTest, AQuestionIsAnsweredWithItsSource) {
  const Case filed = Routed(Inquiry(), {Answer()});
  EXPECT_EQ(filed.state, CaseState::kAnsweredDirectly);
  for (const char* part : {"每人每月100元", "云政规〔2025〕3号", "第四条", "2026-01-01"}) {
    EXPECT_THAT(filed.reply, HasSubstr(part));
  }
}

TEST(RoutingTest, NoAnswerIsGivenThatIsUnsureUnconfirmedOrWithoutASource) {
  KnowledgeAnswer unconfirmed = Answer();
  unconfirmed.unconfirmed = true;
  KnowledgeAnswer uncited = Answer();
  uncited.article_id = uncited.document_number = "";
  for (const KnowledgeAnswer& answer : {Answer(.49), unconfirmed, uncited}) {
    const Case filed = Routed(Inquiry(), {answer});
    EXPECT_EQ(filed.state, CaseState::kDispatched);
    EXPECT_EQ(filed.reply, "");
    EXPECT_EQ(filed.due_at, EndOfDay(3, 4)) << "a question takes a working day";
  }
}

TEST(RoutingTest, WhatTheAgentAnsweredIsAnswered) {
  UnderstoodMatter answered = Inquiry();
  answered.answered_in_call = true;
  EXPECT_EQ(Routed(answered).state, CaseState::kAnsweredDirectly);
  answered.kind = CaseKind::kComplaint;
  EXPECT_EQ(Routed(answered).state, CaseState::kDispatched) << "a complaint is not answered away";
}

TEST(RoutingTest, TheAnswerThatFitsTheQuestionIsTaken) {
  KnowledgeAnswer other = Answer(.99);
  other.question = "失业保险金怎么申请？";
  other.text = "到社保窗口申请。";
  EXPECT_THAT(Routed(Inquiry(), {other, Answer(.6)}).reply, HasSubstr("每人每月100元"));
}

TEST(RoutingTest, TheSendersOwnWordsStayAndSecrecyIsNeverTakenBack) {
  Case message;
  message.title = "漏水";
  message.text = "我家楼顶漏水";
  message.confidential = true;
  const Case filed = Routed(Complaint(), {}, message);
  EXPECT_EQ(filed.title, "漏水");
  EXPECT_EQ(filed.text, "我家楼顶漏水");
  EXPECT_TRUE(filed.confidential);
  EXPECT_EQ(Routed(Complaint()).text, "楼顶漏水三个月");
}

TEST(RoutingTest, OnlyAQuestionWithoutARouteWaitsForKnowledge) {
  EXPECT_TRUE(NeedsAnswer(Inquiry()));
  EXPECT_FALSE(NeedsAnswer(Complaint()));
  UnderstoodMatter court = Inquiry();
  court.legal_route = "诉讼";
  EXPECT_FALSE(NeedsAnswer(court));
}

}  // namespace
}  // namespace hotline::intake
