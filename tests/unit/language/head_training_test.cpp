// What training makes of few features: heads, choices, taggers.
#include "language/head_training.h"

#include <sstream>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "language/sequence_training.h"

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

TEST(HeadTrainingTest, AChoiceIsMadeByWhatTellsTheRightOneFromTheOthersBesideIt) {
  // What every option of a call shows ("seen") says nothing, however often it is right; "mark" says all.
  std::vector<LabelledChoice> choices;
  for (int i = 0; i < 10; ++i) {
    choices.push_back({{{{"seen", 1.0F}, {"mark", 1.0F}}, {{"seen", 1.0F}}, {{"seen", 1.0F}}}, {true, false, false}});
    choices.push_back({{{{"other", 1.0F}}, {{"other", 1.0F}, {"mark", 1.0F}}}, {false, true}});
    choices.push_back({{{{"hopeless", 1.0F}}, {{"mark", 1.0F}}}, {false, false}});
  }
  const LinearHead head = TrainChoice("v", "it", choices, 1e-3);
  EXPECT_THAT(head.labels(), testing::ElementsAre("it"));
  EXPECT_GT(head.Scores({{"mark", 1.0F}})[0], 1);
  EXPECT_NEAR(head.Scores({{"seen", 1.0F}})[0], 0, .05);
  EXPECT_NEAR(head.Scores({{"other", 1.0F}})[0], 0, .05);
  EXPECT_NEAR(head.Scores({{"hopeless", 1.0F}})[0], 0, .05);
}

std::vector<Features> Letters(std::string_view row) {
  std::vector<Features> shown;
  for (const char letter : row) shown.push_back({{std::string{letter}, 1.0F}});
  return shown;
}

/// "(" begins what goes on until ")", whatever the letters: nothing but the label before can tell that.
LabelledRow Bracketed(std::string_view row) {
  enum { kOut, kBegins, kGoesOn };
  LabelledRow labelled{Letters(row), {}};
  bool inside = false;
  for (const char letter : row) {
    if (letter == ')') inside = false;
    labelled.labels.push_back(letter == '(' ? kBegins : inside ? kGoesOn : kOut);
    if (letter == '(') inside = true;
  }
  return labelled;
}

/// Trained on many such rows.
SequenceTagger OfManyBracketed() {
  std::vector<LabelledRow> rows;
  for (const char* const row : {"ab(ab)ab", "(ba)ab", "ba(abab)a", "abab", "(aabb)ba", "bbbb(a)", "a(ab)b(ba)"}) {
    for (int again = 0; again < 3; ++again) rows.push_back(Bracketed(row));
  }
  std::vector<const LabelledRow*> all;
  all.reserve(rows.size());
  for (const LabelledRow& row : rows) all.push_back(&row);
  return TrainTagger("v", {"out", "begins", "goes_on"}, all);
}

TEST(SequenceTrainingTest, ATaggerLearnsWhatOnlyTheLabelBeforeTells) {
  const SequenceTagger tagger = OfManyBracketed();
  const std::vector<std::size_t> said = tagger.Tag(tagger.Scores(Letters("bab(bbaab)ba")));
  EXPECT_THAT(said, testing::ElementsAre(0, 0, 0, 1, 2, 2, 2, 2, 2, 0, 0, 0));
  EXPECT_THAT(tagger.Tag({}), testing::IsEmpty());
}

TEST(SequenceTrainingTest, TrainingAgainGivesTheSameFile) {
  std::ostringstream once;
  std::ostringstream again;
  OfManyBracketed().head().Write(once);
  OfManyBracketed().head().Write(again);
  EXPECT_EQ(once.str(), again.str());
}

}  // namespace
}  // namespace hotline::language
