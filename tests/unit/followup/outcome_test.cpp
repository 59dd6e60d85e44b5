// The order of the questions, and what an answer means for the case.
#include "followup/domain/outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::followup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> BadFields(const Outcome& outcome) {
  std::vector<std::string> fields;
  for (const Problem& problem : Problems(outcome)) fields.emplace_back(problem.field);
  return fields;
}

TEST(OutcomeTest, TakesEveryAnswerInTheOrderOfTheQuestions) {
  EXPECT_THAT(BadFields({.contacted = false}), IsEmpty());
  EXPECT_THAT(BadFields({.contacted = true}), IsEmpty()) << "the caller may hang up";
  EXPECT_THAT(BadFields({.contacted = true, .solved = false}), IsEmpty());
  EXPECT_THAT(BadFields({.contacted = true, .solved = true, .department = Rating::kSatisfied}), IsEmpty());
}

TEST(OutcomeTest, NamesEachAnswerOfACallerWhoWasNotContacted) {
  const Outcome invented{.contacted = false,
                         .solved = true,
                         .department = Rating::kSatisfied,
                         .hotline = Rating::kSatisfied,
                         .verbatim = "好的"};
  EXPECT_THAT(BadFields(invented), ElementsAre("solved", "department_rating", "hotline_rating", "verbatim"));
}

TEST(OutcomeTest, AsksForSolvedBeforeTheRatings) {
  EXPECT_THAT(BadFields({.contacted = true, .department = Rating::kSatisfied}), ElementsAre("solved"));
  EXPECT_THAT(BadFields({.contacted = true, .hotline = Rating::kSatisfied}), ElementsAre("solved"));
}

TEST(OutcomeTest, ReopensWhatIsNotSolvedOrWhoseDepartmentFailed) {
  EXPECT_EQ(ReopenReason({.contacted = true, .solved = false}), "未解决");
  EXPECT_EQ(ReopenReason({.contacted = true, .solved = true, .department = Rating::kDissatisfied}), "对承办单位不满意");
  EXPECT_EQ(ReopenReason({.contacted = true, .solved = false, .department = Rating::kVeryDissatisfied}),
            "未解决，对承办单位不满意");
  EXPECT_TRUE(MustReopen({.contacted = true, .solved = false}));
  EXPECT_TRUE(MustReopen({.contacted = true, .solved = true, .department = Rating::kDissatisfied}));
}

TEST(OutcomeTest, LeavesAloneWhatIsSolvedOrUnknown) {
  EXPECT_FALSE(MustReopen({.contacted = false}));
  EXPECT_FALSE(MustReopen({.contacted = true}));
  EXPECT_FALSE(MustReopen({.contacted = true, .solved = true, .department = Rating::kFairlySatisfied}));
  const Outcome hotline_only{.contacted = true, .solved = true, .hotline = Rating::kVeryDissatisfied};
  EXPECT_FALSE(MustReopen(hotline_only)) << "the department is not to blame for the hotline";
  EXPECT_EQ(ReopenReason(hotline_only), "");
}

}  // namespace
}  // namespace hotline::followup
