// Feelings of turns that the head was not trained on.
#include "classification/domain/emotion.h"

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spoken.h"

namespace hotline::classification {
namespace {

EmotionReading ReadLast(const std::vector<Turn>& turns) {
  return EmotionReader::Get().Read(std::span{turns}.first(turns.size() - 1), turns.back());
}

Emotion Feels(const std::string& text) { return ReadLast(Spoken({{'c', text}})).emotion; }

TEST(EmotionTest, MostRequestsAreCalm) {
  EXPECT_EQ(Feels("你好，我想问一下老年卡在哪里办，要带照片吗？"), Emotion::kCalm);
  EXPECT_EQ(Feels("我住在北苑小区六号楼，姓王。"), Emotion::kCalm);
}

TEST(EmotionTest, AThankfulFarewellIsGratitude) {
  EXPECT_EQ(Feels("好的好的，太谢谢你了，再见。"), Emotion::kGrateful);
}

TEST(EmotionTest, AngerNeedsNoPunctuation) {
  EXPECT_EQ(Feels("你们太不像话了简直欺人太甚我要找你们领导气死我了"), Emotion::kAngry);
}

TEST(EmotionTest, ResignationIsDisappointmentNotCalm) {
  EXPECT_EQ(Feels("唉，算了吧，说了也没用，反正每次都这样。"), Emotion::kDisappointed);
}

TEST(EmotionTest, ThanksInMockeryAreSarcasm) {
  EXPECT_EQ(Feels("那可真谢谢你们了，合着我白跑了四趟，效率真高。"), Emotion::kSarcastic);
}

TEST(EmotionTest, DangerToOneselfIsDespair) { EXPECT_EQ(Feels("我真的不想活了，撑不下去了。"), Emotion::kDesperate); }

TEST(EmotionTest, AThreatIsFear) { EXPECT_EQ(Feels("他威胁我，我害怕，现在不敢出门。"), Emotion::kFearful); }

TEST(EmotionTest, ABareYesKeepsTheFeelingBefore) {
  const EmotionReading after_despair =
      ReadLast(Spoken({{'c', "我不想活了，撑不下去了。"}, {'a', "您别急。"}, {'c', "嗯"}}));
  const EmotionReading alone = ReadLast(Spoken({{'c', "嗯"}}));
  const auto calm = static_cast<std::size_t>(Emotion::kCalm) - 1;
  EXPECT_LT(after_despair.probabilities[calm], alone.probabilities[calm]);
}

TEST(EmotionTest, WhatTheCallIsAboutColoursAPlainFact) {
  const std::string fact = "上礼拜三下午，在三号窗口。";
  const auto grateful = static_cast<std::size_t>(Emotion::kGrateful) - 1;
  const EmotionReading praised = ReadLast(
      Spoken({{'c', "我想表扬一个人，太感谢她了，帮了大忙。"}, {'a', "太好了，您说说是哪一位？"}, {'c', fact}}));
  const EmotionReading complained =
      ReadLast(Spoken({{'c', "我要投诉，你们的人什么态度，凭什么不给办！"}, {'a', "在哪里办的？"}, {'c', fact}}));
  EXPECT_GT(praised.probabilities[grateful], complained.probabilities[grateful]);
}

TEST(EmotionTest, NothingOfLaterTurnsIsRead) {
  const auto turns = Spoken({{'c', "你好，我问个事。"}, {'a', "您说。"}, {'c', "气死我了！"}});
  const EmotionReading first = EmotionReader::Get().Read({}, turns.front());
  EXPECT_EQ(first.probabilities, ReadLast({turns.front()}).probabilities);
}

TEST(EmotionTest, ProbabilitiesAreOneOverElevenFeelings) {
  const EmotionReading reading = ReadLast(Spoken({{'c', "怎么还没人来"}}));
  ASSERT_EQ(reading.probabilities.size(), 11U);
  EXPECT_NEAR(std::accumulate(reading.probabilities.begin(), reading.probabilities.end(), 0.0), 1.0, 1e-9);
}

TEST(EmotionTest, NamesTheWordsAndTheTurn) {
  const Turn turn{
      .number = 7, .speaker = Speaker::kCaller, .text = "真的气死我了！", .said_at = kCallTime, .title = {}};
  EXPECT_THAT(EmotionReader::Get().Read({}, turn).evidence, testing::Contains(Evidence{"EMOTION_WORDS", "气死", 7}));
}

TEST(EmotionTest, AnEmptyTurnIsReadToo) { EXPECT_EQ(ReadLast(Spoken({{'c', ""}})).probabilities.size(), 11U); }

}  // namespace
}  // namespace hotline::classification
