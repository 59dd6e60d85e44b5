// What the agent knows before the greeting: broken promises first.
#include "intake/domain/brief.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "china_time.h"

namespace hotline::intake {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Time kNow = InChina(3, 20);

EarlierCase At(const std::string& case_no, unsigned day, CaseState state, const std::string& summary) {
  return {.case_no = case_no, .at = InChina(3, day), .summary = summary, .state = state};
}

std::vector<std::string> Order(const CallerBrief& brief) {
  std::vector<std::string> numbers;
  for (const EarlierCase& one : brief.cases) numbers.push_back(one.case_no);
  return numbers;
}

TEST(BriefTest, BrokenPromisesComeFirstThenTheNewest) {
  EarlierCase overdue = At("overdue", 1, CaseState::kHandling, "路灯不亮");
  overdue.due_at = InChina(3, 5, 17);
  EarlierCase reopened = At("reopened", 2, CaseState::kReopened, "楼顶漏水");
  EarlierCase unhappy = At("unhappy", 3, CaseState::kClosed, "公交晚点");
  unhappy.satisfaction = Rating::kDissatisfied;
  EarlierCase older = At("older", 4, CaseState::kClosed, "社保转移");
  EarlierCase newest = At("newest", 10, CaseState::kClosed, "办证材料");
  newest.satisfaction = Rating::kSatisfied;

  const CallerBrief brief = MakeBrief("token", {older, newest, unhappy, reopened, overdue}, 7, kNow);
  EXPECT_THAT(Order(brief), ElementsAre("overdue", "reopened", "unhappy", "newest", "older"));
  EXPECT_THAT(brief.warnings, ElementsAre("承诺3月5日前答复，已超期", "reopened正在重新办理"));
  EXPECT_EQ(brief.total_cases, 7);
  EXPECT_EQ(brief.caller_token, "token");
}

TEST(BriefTest, APromiseIsBrokenOnlyOnceItsTimeIsOverAndTheCaseIsNot) {
  EarlierCase running = At("running", 10, CaseState::kHandling, "路灯不亮");
  running.due_at = kNow + std::chrono::hours{1};
  EarlierCase over = At("over", 11, CaseState::kClosed, "楼顶漏水");
  over.due_at = InChina(3, 12);
  EXPECT_THAT(MakeBrief("token", {running, over}, 2, kNow).warnings, IsEmpty());
}

TEST(BriefTest, CountsThePromisesDayOnChinasClock) {
  EarlierCase overdue = At("overdue", 1, CaseState::kHandling, "路灯不亮");
  overdue.due_at = EndOfDay(3, 5);  // Still the 5th there.
  EXPECT_THAT(MakeBrief("token", {overdue}, 1, kNow).warnings, ElementsAre(HasSubstr("3月5日")));
}

TEST(BriefTest, WarnsOfAMatterThatKeepsComing) {
  const std::string leak = "锦绣花园三号楼楼顶漏水";
  const CallerBrief brief = MakeBrief(
      "token", {At("a", 1, CaseState::kClosed, leak), At("b", 2, CaseState::kClosed, leak + "没修好")}, 2, kNow);
  EXPECT_THAT(brief.warnings, Contains("此前已2次来电反映同一事项"));
}

TEST(BriefTest, WarnsOfReturnsAndOfADissatisfiedLastTime) {
  EarlierCase last = At("last", 10, CaseState::kClosed, "楼顶漏水");
  last.satisfaction = Rating::kVeryDissatisfied;
  last.returns = 2;
  EarlierCase before = At("before", 1, CaseState::kClosed, "公交晚点");
  before.satisfaction = Rating::kSatisfied;
  EXPECT_THAT(MakeBrief("token", {before, last}, 2, kNow).warnings, ElementsAre("曾被退单2次", "上次评价不满意"));
  std::swap(last.at, before.at);
  EXPECT_THAT(MakeBrief("token", {before, last}, 2, kNow).warnings, Not(Contains("上次评价不满意")))
      << "the last rating is the one that counts";
}

TEST(BriefTest, AStrangerHasNone) {
  const CallerBrief brief = MakeBrief("", {}, 0, kNow);
  EXPECT_THAT(brief.cases, IsEmpty());
  EXPECT_THAT(brief.warnings, IsEmpty());
}

}  // namespace
}  // namespace hotline::intake
