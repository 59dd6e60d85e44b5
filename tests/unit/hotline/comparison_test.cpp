// Two results of the same calls: where they say different things.
#include "hotline/replay/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::replay {
namespace {

using nlohmann::json;

json Result(const std::string& id) {
  return {{"id", id},
          {"model", "linear-1"},
          {"turns", {{{"turn", 1}, {"emotion", nullptr}}, {{"turn", 2}, {"emotion", "平静"}}}},
          {"warned_at", nullptr},
          {"red_at", nullptr},
          {"cases",
           {{{"kind", "投诉"},
             {"topic", "城乡建设"},
             {"departments", {"供热单位", "街道乡镇"}},
             {"intents", {"求解决"}},
             {"slots", {{"address", nullptr}, {"when", "昨天"}, {"who", nullptr}}}}}},
          {"conduct", {{"restated", true}, {"soothe_first", nullptr}, {"findings", json::array()}}}};
}

TEST(ComparisonTest, TheSameIsNoDifference) {
  const Comparison same = Compare({Result("a"), Result("b")}, {Result("b"), Result("a")});
  EXPECT_EQ(same.calls, 2);
  EXPECT_TRUE(same.differences.empty());
  EXPECT_EQ(same.parts.at("emotions").compared, 2) << "an agent's turn has no feeling to compare";
}

TEST(ComparisonTest, NamesTheCallThePartAndBothSides) {
  json after = Result("a");
  after["model"] = "linear-2";
  after["warned_at"] = 2;
  after["cases"][0]["kind"] = "求助";
  after["turns"][1]["emotion"] = "不满";
  const Comparison changed = Compare({Result("a")}, {after});
  EXPECT_EQ(changed.warned_before, 0);
  EXPECT_EQ(changed.warned_after, 1);
  EXPECT_EQ(changed.model_after, "linear-2");
  EXPECT_EQ(changed.parts.at("kinds").different, 1);
  EXPECT_EQ(changed.parts.at("leads").different, 0);
  ASSERT_EQ(changed.differences.size(), 3U);
  const auto emotion = std::find_if(changed.differences.begin(), changed.differences.end(),
                                    [](const auto& difference) { return difference.part == "emotion turn 2"; });
  ASSERT_NE(emotion, changed.differences.end());
  EXPECT_EQ(emotion->before, "平静");
  EXPECT_EQ(emotion->after, "不满");
}

TEST(ComparisonTest, TheOrderOfCasesIsNoDifference) {
  json before = Result("a");
  json second = before["cases"][0];
  second["kind"] = "建议";
  before["cases"].push_back(second);
  json after = before;
  std::swap(after["cases"][0], after["cases"][1]);
  EXPECT_TRUE(Compare({before}, {after}).differences.empty());
}

TEST(ComparisonTest, CallsWithoutATwinAreCountedNotCompared) {
  const Comparison apart = Compare({Result("a"), Result("b")}, {Result("b"), Result("c")});
  EXPECT_EQ(apart.calls, 1);
  EXPECT_EQ(apart.only_before, 1);
  EXPECT_EQ(apart.only_after, 1);
}

}  // namespace
}  // namespace hotline::replay
