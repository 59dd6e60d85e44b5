// 响应率, 解决率, 满意率: which order counts where.
#include "followup/domain/rates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::followup {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

FollowUp Asked(std::string id, std::optional<Outcome> outcome) {
  FollowUp follow_up;
  follow_up.case_no = id;
  follow_up.id = std::move(id);
  follow_up.outcome = std::move(outcome);
  return follow_up;
}

Outcome Said(std::optional<bool> solved, std::optional<Rating> department = std::nullopt) {
  return {.contacted = true, .solved = solved, .department = department};
}

TEST(RatesTest, IsZeroWithoutFollowUps) {
  const RatesReport report{GroupBy::kDepartment};
  EXPECT_EQ(report.total().ResponseRate(), 0);
  EXPECT_EQ(report.total().SolutionRate(), 0);
  EXPECT_EQ(report.total().SatisfactionRate(), 0);
  EXPECT_THAT(report.groups(), IsEmpty());
}

TEST(RatesTest, CountsEachAnswerWhereItBelongs) {
  RatesReport report{GroupBy::kNothing};
  report.Add(Asked("never asked", std::nullopt));
  report.Add(Asked("not reached", Outcome{.contacted = false}));
  report.Add(Asked("hung up", Said(std::nullopt)));
  report.Add(Asked("unsolved", Said(false, Rating::kDissatisfied)));
  report.Add(Asked("solved", Said(true, Rating::kFairlySatisfied)));
  report.Add(Asked("no rating", Said(true)));

  const Rates& total = report.total();
  EXPECT_EQ(total.due, 6);
  EXPECT_EQ(total.contacted, 4);
  EXPECT_EQ(total.solved_known, 3) << "who hung up did not say";
  EXPECT_EQ(total.solved, 2);
  EXPECT_EQ(total.rated, 2);
  EXPECT_EQ(total.satisfied, 1);
  EXPECT_DOUBLE_EQ(total.ResponseRate(), 4.0 / 6);
  EXPECT_DOUBLE_EQ(total.SolutionRate(), 2.0 / 6) << "who was not reached is not solved";
  EXPECT_DOUBLE_EQ(total.SatisfactionRate(), 1.0 / 2);
}

TEST(RatesTest, KeepsTheRatingsOfHotlineAndDepartmentApart) {
  RatesReport report{GroupBy::kNothing};
  Outcome said = Said(true, Rating::kVerySatisfied);
  said.hotline = Rating::kVeryDissatisfied;
  report.Add(Asked("C1", said));
  EXPECT_EQ(report.total().satisfied, 1);
  EXPECT_EQ(report.total().hotline_rated, 1);
  EXPECT_EQ(report.total().hotline_satisfied, 0);
}

TEST(RatesTest, ListsWhatItLeavesOut) {
  RatesReport report{GroupBy::kDepartment};
  FollowUp excluded = Asked("C1", Said(false, Rating::kVeryDissatisfied));
  excluded.exclusion = "恶意差评";
  report.Add(excluded);
  EXPECT_EQ(report.total().due, 0);
  EXPECT_THAT(report.groups(), IsEmpty());
  EXPECT_THAT(report.exclusions(), ElementsAre(Field(&Exclusion::reason, "恶意差评")));
}

TEST(RatesTest, GroupsByDepartmentTopicOrKind) {
  FollowUp first = Asked("C1", std::nullopt);
  first.department = "城市管理执法局";
  first.topic = "城乡建设";
  first.kind = CaseKind::kComplaint;
  FollowUp second = first;
  second.department = "住房和城乡建设局";
  const std::pair<GroupBy, std::vector<std::string>> expected[] = {
      {GroupBy::kDepartment, {"住房和城乡建设局", "城市管理执法局"}},
      {GroupBy::kTopic, {"城乡建设"}},
      {GroupBy::kKind, {"投诉"}},
  };
  for (const auto& [group_by, names] : expected) {
    RatesReport report{group_by};
    report.Add(first);
    report.Add(second);
    std::vector<std::string> groups;
    for (const auto& [name, rates] : report.groups()) groups.push_back(name);
    EXPECT_EQ(groups, names);
  }
}

}  // namespace
}  // namespace hotline::followup
