#include "language/patterns.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::language {
namespace {

TEST(PatternTest, AnswersInBytesOfTheTextVerbatim) {
  const Pattern place{"[\\p{sc=Han}]{2}路"};
  const auto spans = place.FindAll("在，中山路和 北京路口");
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].at, std::string_view{"在，"}.size());
  EXPECT_EQ(spans[0].words, "中山路");
  EXPECT_EQ(spans[1].words, "北京路");
}

TEST(PatternTest, AMatchOfNoLengthIsNone) {
  const Pattern perhaps{"(?:好|(?=了))?"};
  const auto spans = perhaps.FindAll("说好了好");
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[1].at, std::string_view{"说好了"}.size());
  EXPECT_FALSE(perhaps.Matches("没说"));
  EXPECT_FALSE(perhaps.Matches(""));
}

TEST(PatternTest, KnowsWhiteSpaceAndLineEndsOfAllScripts) {
  EXPECT_TRUE(Pattern{"家\\s门"}.Matches("家　门"));
  EXPECT_TRUE(Pattern{"门$"}.Matches("家门\n"));
  EXPECT_FALSE(Pattern{"家.门"}.Matches("家\u2028门"));
  EXPECT_FALSE(Pattern{"[\\p{sc=Han}]"}.Matches("、。「」"));
}

TEST(PatternTest, DamagedTextIsReadAroundTheDamage) {
  const auto spans = Pattern{"路灯.?坏"}.FindAll("\xe8路灯坏\xff路灯\xff坏路灯不坏");
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].at, 1U);
  EXPECT_EQ(spans[1].words, "路灯不坏");
}

TEST(PatternTest, ReadsTwoThousandCharacters) {
  std::string text;
  for (int i = 0; i < 1998; ++i) text += "啊";
  EXPECT_TRUE(Pattern{"路灯"}.Matches(text + "路灯"));
  EXPECT_FALSE(Pattern{"路灯"}.Matches(text + "啊路灯"));
}

TEST(PatternTest, GivesUpWhatWouldHoldAThread) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "啊";
  EXPECT_FALSE(Pattern{"(?:啊+)+[路街]"}.Matches(text));  // Each of 2 to the power of 60 ways would be tried.
}

TEST(PatternTest, RefusesWhatIsNoExpression) { EXPECT_THROW(Pattern{"(路"}, std::invalid_argument); }

}  // namespace
}  // namespace hotline::language
