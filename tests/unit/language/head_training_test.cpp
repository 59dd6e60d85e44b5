// Heads of few features of different units.
#include "language/head_training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::language {
namespace {

/// Two labels, told apart by a feature that is small and one that is large and says nothing.
LabelledTurns SmallTellsLargeDoesNot() {
  LabelledTurns turns;
  turns.labels = {"a", "b"};
  for (int i = 0; i < 40; ++i) {
    const std::size_t label = i % 2;
    turns.examples.push_back(
        {label, {{"#bias", 1.0F}, {"small", label == 0 ? .01F : .02F}, {"large", static_cast<float>(i % 5) * 100}}});
  }
  return turns;
}

TEST(HeadTrainingTest, AFeatureCountsByHowMuchItVaries) {
  const LinearHead head = TrainScaledHead("v", SmallTellsLargeDoesNot(), {.decay = 1e-3});
  for (const float large : {0.0F, 400.0F}) {
    const auto a = head.Scores({{"#bias", 1.0F}, {"small", .01F}, {"large", large}});
    const auto b = head.Scores({{"#bias", 1.0F}, {"small", .02F}, {"large", large}});
    EXPECT_GT(a[0], a[1]) << large;
    EXPECT_GT(b[1], b[0]) << large;
  }
}

TEST(HeadTrainingTest, ScalingAFeatureScalesItsWeightsAlone) {
  LinearHead head{"v", {"a", "b"}};
  head.Set("x", {1, -1});
  head.Set("y", {2, 0});
  head.Scale("x", 3);
  head.Scale("unknown", 3);
  EXPECT_THAT(head.Scores({{"x", 1.0F}, {"y", 1.0F}}), testing::ElementsAre(5, -3));
}

}  // namespace
}  // namespace hotline::language
