// Issues that grow, by place.
#include "hotline/commands/hot_places.h"

#include <gmock/gmock.h>

namespace hotline::commands {
namespace {

using classification::v1::HotIssue;
using testing::ElementsAre;
using testing::SizeIs;

HotIssue Issue(const std::string& title, const std::string& neighbourhood, int cases, double heat, int first,
               int last) {
  HotIssue issue;
  issue.set_title(title);
  issue.set_neighbourhood(neighbourhood);
  issue.set_cases(cases);
  issue.set_heat(heat);
  issue.mutable_first_at()->set_seconds(first);
  issue.mutable_last_at()->set_seconds(last);
  return issue;
}

std::vector<std::string> Titles(const HotPlace& place) {
  std::vector<std::string> titles;
  for (const HotIssue& issue : place.issues) titles.push_back(issue.title());
  return titles;
}

TEST(HotPlacesTest, MattersOfOneNeighbourhoodAreTold) {
  const std::vector<HotPlace> places =
      ByPlace({Issue("停水", "b", 4, 4, 50, 60), Issue("噪声", "a", 3, 3, 20, 90), Issue("扬尘", "a", 2, 2, 10, 80)});
  ASSERT_THAT(places, SizeIs(2));
  EXPECT_THAT(Titles(places[0]), ElementsAre("噪声", "扬尘")) << "hotter together than what is hottest alone";
  EXPECT_THAT(Titles(places[1]), ElementsAre("停水"));
  EXPECT_EQ(places[0].cases(), 5);
  EXPECT_EQ(places[0].first_at().seconds(), 10);
  EXPECT_EQ(places[0].last_at().seconds(), 90);
}

TEST(HotPlacesTest, IssuesOfNoNeighbourhoodStayApart) {
  EXPECT_THAT(ByPlace({Issue("噪声", "", 3, 3, 20, 90), Issue("扬尘", "", 2, 2, 10, 80)}), SizeIs(2));
  EXPECT_THAT(ByPlace({}), SizeIs(0));
}

}  // namespace
}  // namespace hotline::commands
