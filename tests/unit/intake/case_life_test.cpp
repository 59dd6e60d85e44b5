// The life of a case: which steps there are, who may take them, what follows from them.
#include "intake/domain/case_life.h"

#include <functional>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "china_time.h"
#include "intake/domain/deadlines.h"
#include "platform/rpc/status.h"

namespace hotline::intake {
namespace {

using enum CaseState;
using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;

const WorkCalendar& kChina = WorkCalendar::China();
const Time kTuesday = InChina(3, 3);

constexpr int kStates = 16;

/// Where a case may go by a person's hand (design.md §6); merging and its undoing apart.
const std::map<CaseState, std::set<CaseState>> kLife = {
    {kPending, {kToDispatch, kDispatched, kAnsweredDirectly, kInformed, kEmergencyTransferred}},
    {kToDispatch, {kDispatched, kAnsweredDirectly, kInformed, kEmergencyTransferred}},
    {kAnsweredDirectly, {kClosed, kReopened}},
    {kInformed, {}},
    {kEmergencyTransferred, {}},
    {kDispatched, {kSigned, kReturnRuling}},
    {kSigned, {kHandling, kReturnRuling}},
    {kHandling, {kReplied, kReturnRuling, kExtensionApproval, kSuspended}},
    {kReturnRuling, {kDispatched, kHandling}},
    {kExtensionApproval, {kHandling}},
    {kSuspended, {kHandling}},
    {kReplied, {kToFollowUp, kHandling}},
    {kToFollowUp, {kClosed, kReopened}},
    {kClosed, {kReopened}},
    {kReopened, {kDispatched, kHandling}},
    {kMerged, {}},
};

/// A complaint that stands in `state` with nothing against any step.
Case Standing(CaseState state) {
  Case filed;
  filed.case_no = "YZ20260303000001";
  filed.site = "yunzhou";
  filed.kind = CaseKind::kComplaint;
  filed.departments = {"住房和城乡建设局"};
  filed.state = state;
  filed.opened_at = kTuesday - hours{1};
  filed.dispatched_at = kTuesday;
  filed.handling_days = 5;
  filed.due_at = EndOfDay(3, 10);
  filed.unreached = true;
  filed.updated_at = kTuesday;
  return filed;
}

/// A step with everything any step may need.
Step To(CaseState to, Time at = kTuesday) {
  return {.to = to,
          .by_supervisor = true,
          .reply = "已派人修复",
          .department = {},
          .working_days = to == kExtensionApproval ? 3 : 0,
          .at = at};
}

void Must(Case& filed, const Step& step) {
  const absl::Status taken = Take(filed, step, kChina);
  ASSERT_TRUE(taken.ok()) << platform::Explain(taken);
}

TEST(CaseLifeTest, TakesEveryStepThereIsAndNoOther) {
  for (int from = 1; from <= kStates; ++from) {
    for (int to = 1; to <= kStates; ++to) {
      const auto state = static_cast<CaseState>(from);
      const auto next = static_cast<CaseState>(to);
      Case filed = Standing(state);
      const absl::Status taken = Take(filed, To(next), kChina);
      const bool allowed = kLife.at(state).contains(next);
      SCOPED_TRACE(std::string{Name(state)} + " → " + std::string{Name(next)});
      EXPECT_EQ(taken.ok(), allowed) << taken;
      EXPECT_EQ(filed.state, allowed ? next : state);
      EXPECT_EQ(platform::ReasonOf(taken), allowed ? "" : "NO_SUCH_STEP");
    }
  }
}

TEST(CaseLifeTest, ARefusalNamesTheStepsThereAre) {
  Case filed = Standing(kDispatched);
  const absl::Status refused = Take(filed, To(kReplied), kChina);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string{refused.message()}, HasSubstr("已签收"));
  EXPECT_THAT(std::string{refused.message()}, HasSubstr("退单待裁定"));
}

TEST(CaseLifeTest, TheHandlingClockStartsAtDispatch) {
  Case filed = Standing(kToDispatch);
  Step dispatch = To(kDispatched, InChina(3, 5));
  dispatch.department = "城市管理执法局";
  Must(filed, dispatch);
  EXPECT_THAT(filed.departments, ElementsAre("城市管理执法局", "住房和城乡建设局"));
  EXPECT_EQ(filed.due_at, EndOfDay(3, 12));
}

TEST(CaseLifeTest, OnlyASupervisorCallsACaseComplex) {
  Case filed = Standing(kToDispatch);
  Step complex = To(kDispatched);
  complex.working_days = 15;
  complex.by_supervisor = false;
  EXPECT_EQ(Take(filed, complex, kChina).code(), absl::StatusCode::kPermissionDenied);
  complex.by_supervisor = true;
  Must(filed, complex);
  EXPECT_EQ(filed.due_at, EndOfDay(3, 24));
  Case other = Standing(kToDispatch);
  complex.working_days = 12;
  EXPECT_THAT(platform::Explain(Take(other, complex, kChina)), HasSubstr("working_days"));
}

TEST(CaseLifeTest, NobodyIsDispatchedToNobody) {
  Case filed = Standing(kToDispatch);
  filed.departments.clear();
  EXPECT_THAT(platform::Explain(Take(filed, To(kDispatched), kChina)), HasSubstr("department"));
  EXPECT_EQ(filed.state, kToDispatch) << "a refused step leaves the case as it was";
}

TEST(CaseLifeTest, AReplyHasWords) {
  for (const auto& [from, to] : {std::pair{kHandling, kReplied}, {kToDispatch, kAnsweredDirectly}}) {
    Case filed = Standing(from);
    Step reply = To(to);
    reply.reply.clear();
    EXPECT_THAT(platform::Explain(Take(filed, reply, kChina)), HasSubstr("reply"));
    Must(filed, To(to));
    EXPECT_EQ(filed.reply, "已派人修复");
    EXPECT_FALSE(filed.due_at.has_value());
  }
}

TEST(ReturnTest, ACaseGoesBackWithinTwoWorkingDays) {
  Case filed = Standing(kSigned);  // Dispatched on Tuesday.
  Case late = filed;
  EXPECT_EQ(platform::ReasonOf(Take(late, To(kReturnRuling, InChina(3, 6)), kChina)), "RETURN_TOO_LATE");
  Must(filed, To(kReturnRuling, EndOfDay(3, 5)));
  EXPECT_EQ(filed.returns, 1);
  EXPECT_EQ(filed.due_at, EndOfDay(3, 5) + hours{24}) << "it needs a lead as soon as a new case";
}

TEST(ReturnTest, AReturnThatIsNotAcceptedKeepsTheOldDeadline) {
  Case filed = Standing(kSigned);
  Must(filed, To(kReturnRuling, InChina(3, 4)));
  Must(filed, To(kHandling, InChina(3, 5)));
  EXPECT_EQ(filed.due_at, EndOfDay(3, 10));
}

TEST(ReturnTest, AfterTwoReturnsASupervisorNamesTheLeadForGood) {
  Case filed = Standing(kDispatched);
  for (int i = 0; i < 2; ++i) {
    Must(filed, To(kReturnRuling));
    if (i == 0) Must(filed, To(kDispatched));
  }
  Step ruling = To(kDispatched);
  ruling.by_supervisor = false;
  EXPECT_EQ(Take(filed, ruling, kChina).code(), absl::StatusCode::kPermissionDenied);
  ruling.by_supervisor = true;
  EXPECT_THAT(platform::Explain(Take(filed, ruling, kChina)), HasSubstr("department"));
  ruling.department = "街道乡镇";
  Must(filed, ruling);
  EXPECT_EQ(filed.departments.front(), "街道乡镇");
  EXPECT_TRUE(filed.supervised);
  EXPECT_EQ(platform::ReasonOf(Take(filed, To(kReturnRuling), kChina)), "RULED");
}

TEST(ExtensionTest, IsAskedForAndThenGrantedByASupervisor) {
  Case filed = Standing(kHandling);
  Step ask = To(kExtensionApproval);
  ask.by_supervisor = false;
  Must(filed, ask);
  EXPECT_EQ(filed.due_at, EndOfDay(3, 10)) << "asking moves nothing";
  Step grant = To(kHandling);
  grant.working_days = 3;
  grant.by_supervisor = false;
  EXPECT_EQ(Take(filed, grant, kChina).code(), absl::StatusCode::kPermissionDenied);
  grant.by_supervisor = true;
  Must(filed, grant);
  EXPECT_EQ(filed.due_at, EndOfDay(3, 13));
}

TEST(ExtensionTest, IsTenDaysAtMostInAll) {
  Case filed = Standing(kHandling);
  Step ask = To(kExtensionApproval);
  for (const int days : {0, 11}) {
    ask.working_days = days;
    EXPECT_THAT(platform::Explain(Take(filed, ask, kChina)), HasSubstr("working_days"));
  }
  filed.extension_days = 8;
  ask.working_days = 3;
  EXPECT_FALSE(Take(filed, ask, kChina).ok());
  ask.working_days = 2;
  Must(filed, ask);
  Step grant = To(kHandling);
  grant.working_days = 3;
  EXPECT_FALSE(Take(filed, grant, kChina).ok());
}

TEST(SuspensionTest, TheClockStandsStill) {
  Case filed = Standing(kHandling);
  Must(filed, To(kSuspended, InChina(3, 4, 9)));
  Must(filed, To(kHandling, InChina(3, 6, 9)));
  EXPECT_EQ(filed.due_at, EndOfDay(3, 12));
}

TEST(SuspensionTest, IsNotTakenBackByWhatComesAfterIt) {
  Case filed = Standing(kHandling);
  Must(filed, To(kSuspended, InChina(3, 4, 9)));
  Must(filed, To(kHandling, InChina(3, 6, 9)));
  const Time due = *filed.due_at;

  Case refused = filed;
  Must(refused, To(kExtensionApproval, InChina(3, 9)));
  Must(refused, To(kHandling, InChina(3, 9)));
  EXPECT_EQ(refused.due_at, due) << "an extension refused";

  Case again = filed;
  Must(again, To(kReplied, InChina(3, 9)));
  Must(again, To(kHandling, InChina(3, 9)));
  EXPECT_EQ(again.due_at, due) << "a reply sent back";
}

TEST(ClosingTest, NeverFollowsFromAReplyOrACallAlone) {
  Case filed = Standing(kToFollowUp);
  filed.unreached = false;
  EXPECT_EQ(platform::ReasonOf(Take(filed, To(kClosed), kChina)), "NOT_FOLLOWED_UP");
  const FollowUpOutcome contacted{.contacted = true, .at = kTuesday};
  EXPECT_EQ(Apply(filed, contacted), FollowUpEffect::kRemembered) << "已联系 alone";
  EXPECT_EQ(filed.state, kToFollowUp);
}

TEST(ClosingTest, ACallerWhoWasNotReachedIsASupervisorsRuling) {
  Case filed = Standing(kToFollowUp);
  filed.unreached = false;
  EXPECT_EQ(Apply(filed, {.at = kTuesday}), FollowUpEffect::kRemembered);
  Step ruling = To(kClosed);
  ruling.by_supervisor = false;
  EXPECT_EQ(Take(filed, ruling, kChina).code(), absl::StatusCode::kPermissionDenied);
  Must(filed, To(kClosed));
  EXPECT_EQ(filed.closed_at, kTuesday);
}

TEST(FollowUpTest, SolvedAndNotDissatisfiedCloses) {
  for (const CaseState waiting : {kToFollowUp, kAnsweredDirectly}) {
    Case filed = Standing(waiting);
    const FollowUpOutcome outcome{
        .contacted = true, .solved = true, .rating = Rating::kFairlySatisfied, .at = kTuesday + hours{1}};
    EXPECT_EQ(Apply(filed, outcome), FollowUpEffect::kClosed);
    EXPECT_EQ(filed.state, kClosed);
    EXPECT_EQ(filed.closed_at, kTuesday + hours{1});
    EXPECT_EQ(filed.satisfaction, Rating::kFairlySatisfied);
  }
}

TEST(FollowUpTest, WhatIsNotSolvedIsTakenUpAgainUnderSupervision) {
  Case filed = Standing(kToFollowUp);
  const FollowUpOutcome outcome{.contacted = true, .must_reopen = true, .at = kTuesday};
  EXPECT_EQ(Apply(filed, outcome), FollowUpEffect::kReopened);
  EXPECT_EQ(filed.state, kReopened);
  EXPECT_TRUE(filed.supervised);
  EXPECT_EQ(filed.reopenings, 1);
  EXPECT_EQ(filed.due_at, kTuesday + hours{24});
}

TEST(FollowUpTest, AThirdReopeningIsASupervisorsRuling) {
  Case filed = Standing(kToFollowUp);
  filed.reopenings = 2;
  EXPECT_EQ(Apply(filed, {.contacted = true, .must_reopen = true, .at = kTuesday}), FollowUpEffect::kRemembered);
  EXPECT_EQ(filed.state, kToFollowUp);
  Step reopening = To(kReopened);
  reopening.by_supervisor = false;
  EXPECT_EQ(Take(filed, reopening, kChina).code(), absl::StatusCode::kPermissionDenied);
  Must(filed, To(kReopened));
  EXPECT_EQ(filed.reopenings, 3);
}

TEST(FollowUpTest, ARatingThatComesLateIsRememberedAndMovesNothing) {
  Case filed = Standing(kHandling);
  const FollowUpOutcome late{.contacted = true, .must_reopen = true, .rating = Rating::kDissatisfied, .at = kTuesday};
  EXPECT_EQ(Apply(filed, late), FollowUpEffect::kRemembered);
  EXPECT_EQ(filed.state, kHandling);
  EXPECT_EQ(filed.satisfaction, Rating::kDissatisfied);
  EXPECT_EQ(Apply(filed, {.contacted = true, .at = kTuesday}), FollowUpEffect::kNone);
}

TEST(ReopeningTest, IsOpenForThirtyDays) {
  Case filed = Standing(kClosed);
  filed.closed_at = kTuesday;
  Case late = filed;
  const Time last = kTuesday + kReopenWindow;
  EXPECT_EQ(platform::ReasonOf(Take(late, To(kReopened, last + std::chrono::seconds{1}), kChina)), "REOPEN_TOO_LATE");
  Must(filed, To(kReopened, last));
  EXPECT_FALSE(filed.closed_at.has_value());
}

TEST(ReopeningTest, TheLeadStartsAnewWithAWholeTerm) {
  Case filed = Standing(kReopened);
  filed.extension_days = 10;
  Must(filed, To(kHandling, InChina(3, 16)));
  EXPECT_EQ(filed.due_at, EndOfDay(3, 23));
  Case nobodys = Standing(kReopened);
  nobodys.departments.clear();
  EXPECT_EQ(platform::ReasonOf(Take(nobodys, To(kHandling), kChina)), "NO_LEAD");
}

TEST(MergeTest, LinksToTheParentAndCanBeUndone) {
  Case filed = Standing(kHandling);
  filed.parent_case_no = "YZ20260101000009";  // What it repeats.
  Case parent = Standing(kSigned);
  parent.case_no = "YZ20260302000007";
  ASSERT_TRUE(Merge(filed, parent).ok());
  EXPECT_EQ(filed.state, kMerged);
  EXPECT_EQ(filed.parent_case_no, parent.case_no);

  EXPECT_FALSE(Take(filed, To(kSigned), kChina).ok()) << "back to where it was, and nowhere else";
  Must(filed, To(kHandling));
  EXPECT_EQ(filed.parent_case_no, "YZ20260101000009");
}

TEST(MergeTest, NeedsALivingParentOfTheSameSite) {
  const auto refusal = [](CaseState state, const std::function<void(Case&)>& change) {
    Case filed = Standing(kToDispatch);
    Case parent = Standing(state);
    parent.case_no = "YZ20260302000007";
    change(parent);
    const absl::Status merged = Merge(filed, parent);
    EXPECT_EQ(filed.state, kToDispatch);
    return platform::Explain(merged);
  };
  EXPECT_THAT(refusal(kClosed, [](Case&) {}), HasSubstr("PARENT_ENDED"));
  EXPECT_THAT(refusal(kMerged, [](Case&) {}), HasSubstr("PARENT_MERGED"));
  EXPECT_THAT(refusal(kSigned, [](Case& parent) { parent.site = "hailan"; }), HasSubstr("parent_case_no"));
  EXPECT_THAT(refusal(kSigned, [](Case& parent) { parent.case_no = "YZ20260303000001"; }), HasSubstr("parent_case_no"));
}

TEST(MergeTest, ACaseThatHasBeenRepliedToIsNotMerged) {
  for (int state = 1; state <= kStates; ++state) {
    Case filed = Standing(static_cast<CaseState>(state));
    Case parent = Standing(kSigned);
    parent.case_no = "YZ20260302000007";
    const std::set<CaseState> mergeable = {kPending, kToDispatch, kDispatched, kSigned, kHandling, kReopened};
    EXPECT_EQ(Merge(filed, parent).ok(), mergeable.contains(static_cast<CaseState>(state)))
        << Name(static_cast<CaseState>(state));
  }
}

}  // namespace
}  // namespace hotline::intake
