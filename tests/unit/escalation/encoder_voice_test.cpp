// What classification's encoder and forecast say of a turn counts in its risk, and a turn without them is judged as
// ever.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "escalation/adapters/messages.h"
#include "spoken.h"

namespace hotline::escalation {
namespace {

ConcernVoice SureOf(Concern concern) {
  ConcernVoice voice{.scores = {}, .linear = .5};
  voice.scores[static_cast<std::size_t>(concern)] = 12;
  return voice;
}

std::vector<HeardTurn> Ordinary() {
  return Spoken({{'a', "您好，请讲。"}, {'c', "我想问一下办居住证要带什么。", Emotion::kAnxious}});
}

TEST(EncoderVoiceTest, TellsOfDangerInWordsThatTheHeadDoesNotKnow) {
  std::vector<HeardTurn> turns = Ordinary();
  ASSERT_LT(Assess(turns).back().level, RiskLevel::kYellow);
  turns.back().reading->concern = SureOf(Concern::kDanger);
  EXPECT_EQ(Assess(turns).back().level, RiskLevel::kRed);
}

TEST(EncoderVoiceTest, WhatMadeACallRedIsToldFirst) {
  std::vector<HeardTurn> turns = Spoken({{'a', "您好，请讲。"},
                                         {'c', "你们那个人上回吼我，我录了音。", Emotion::kAngry},
                                         {'a', "您说。"},
                                         {'c', "这回我也录着，拿去给记者听。", Emotion::kAngry},
                                         {'a', "您说。"},
                                         {'c', "是不是非得等到出了事，你们才肯来看一眼？", Emotion::kAngry}});
  turns[1].reading->concern = SureOf(Concern::kMisconduct);
  turns[3].reading->concern = SureOf(Concern::kEvidence);
  turns[5].reading->concern = SureOf(Concern::kDanger);
  const TurnRisk risk = Assess(turns).back();
  ASSERT_EQ(risk.level, RiskLevel::kRed);
  ASSERT_GE(risk.reasons.size(), 3U);
  EXPECT_EQ(risk.reasons.front().code, "CONCERN_DANGER");
}

TEST(EncoderVoiceTest, ARedOfSeveralDoubtsNamesTheLikeliest) {
  std::vector<HeardTurn> turns = Spoken({{'a', "您好，请讲。"},
                                         {'c', "这回我录着音，拿去给记者听。", Emotion::kAngry},
                                         {'a', "您说。"},
                                         {'c', "是不是非得等到出了事，你们才肯来看一眼？", Emotion::kAngry}});
  turns[1].reading->concern = SureOf(Concern::kEvidence);
  ConcernVoice& unsure = turns[3].reading->concern.emplace(ConcernVoice{.scores = {}, .linear = 0});
  for (const auto& [concern, score] :
       {std::pair{Concern::kUnsolved, 6.0}, {Concern::kDanger, 5.7}, {Concern::kGroup, 5.6}})
    unsure.scores[static_cast<std::size_t>(concern)] = score;
  ASSERT_LT(Of(ConcernsOf(turns[3]), Concern::kDanger), .35) << "too little to weigh by itself";
  const TurnRisk risk = Assess(turns).back();
  ASSERT_EQ(risk.level, RiskLevel::kRed);
  ASSERT_FALSE(risk.reasons.empty());
  EXPECT_EQ(risk.reasons.front().code, "CONCERN_DANGER");
  EXPECT_EQ(risk.reasons.front().turn, 4);
}

TEST(EncoderVoiceTest, WithNothingToAddChangesNothing) {
  std::vector<HeardTurn> turns = Ordinary();
  const ConcernReading alone = ConcernsOf(turns.back());
  turns.back().reading->concern = ConcernVoice{.scores = {}, .linear = 1};
  const ConcernReading together = ConcernsOf(turns.back());
  for (std::size_t i = 0; i < kConcerns; ++i) EXPECT_NEAR(together[i], alone[i], 1e-9);
}

TEST(EncoderVoiceTest, ALongTurnIsReadByBothTogetherToo) {
  std::string letter;
  for (int i = 0; i < 40; ++i) letter += "我们小区的绿化很久没有人修剪了。";
  std::vector<HeardTurn> turns = Spoken({{'c', letter, Emotion::kCalm}});
  ASSERT_LT(Of(ConcernsOf(turns[0]), Concern::kGroup), .5);
  turns[0].reading->concern = SureOf(Concern::kGroup);
  EXPECT_GT(Of(ConcernsOf(turns[0]), Concern::kGroup), .5);
}

TEST(EncoderVoiceTest, WhatOneSentenceOfALongTurnTellsIsNotLostInTheWhole) {
  std::string letter;
  for (int i = 0; i < 40; ++i) letter += "我们小区的绿化很久没有人修剪了。";
  letter += "我不想活了，药都准备好了。";
  std::vector<HeardTurn> turns = Spoken({{'c', letter, Emotion::kCalm}});
  const double alone = Of(ConcernsOf(turns[0]), Concern::kDanger);
  turns[0].reading->concern = ConcernVoice{.scores = {}, .linear = 1};
  EXPECT_GE(Of(ConcernsOf(turns[0]), Concern::kDanger), alone);
}

TEST(EncoderVoiceTest, ALongTellingOfADrillStaysHarmless) {
  std::string long_drill = "今天小区消防演练，";
  for (int i = 0; i < 40; ++i) long_drill += "大家都跑下楼来集合点名了。";
  std::vector<HeardTurn> turns = Spoken({{'c', long_drill, Emotion::kCalm}});
  turns[0].reading->concern = ConcernVoice{.scores = {}, .linear = 1};
  turns[0].reading->concern->scores[static_cast<std::size_t>(Concern::kDanger)] = 3;
  const double taken_back = Of(ConcernsOf(turns[0]), Concern::kDanger);
  turns[0].turn.text.replace(0, std::string{"今天小区消防演练，"}.size(), "今天小区出了事情，");
  EXPECT_LT(taken_back, Of(ConcernsOf(turns[0]), Concern::kDanger));
}

TEST(EncoderVoiceTest, ARuleIsHeldBackOnlyWhereBothHeadsHearNothingAlarming) {
  std::vector<HeardTurn> turns = Spoken({{'a', "您好，请讲。"}, {'c', "我不想活了。", Emotion::kCalm}});
  ASSERT_EQ(Assess(turns).back().level, RiskLevel::kRed) << "never without the encoder";
  turns.back().reading->concern = SureOf(Concern::kNone);
  const TurnRisk held_back = Assess(turns).back();
  EXPECT_EQ(held_back.level, RiskLevel::kYellow);
  ASSERT_FALSE(held_back.reasons.empty());
  EXPECT_EQ(held_back.reasons.front().code, "LIFE_SELF") << "the supervisor's list still tells of it";
  turns.back().reading->concern = SureOf(Concern::kDanger);
  EXPECT_EQ(Assess(turns).back().level, RiskLevel::kRed);
}

TEST(EncoderVoiceTest, BeforeTheReadingComesARuleSpeaksOnlyOfWhatItCannotTakeBack) {
  EXPECT_FALSE(RiskModel::Get().HardRules({}, Spoken({{'c', "你们管不管，再这么堵下去真要出人命了。"}})));
  EXPECT_TRUE(RiskModel::Get().HardRules({}, Spoken({{'c', "我们二百多户明天一早都去市政府门口，把路堵了！"}})))
      << "so plain";
  std::vector<HeardTurn> implied =
      Spoken({{'c', "南门那座桥晚上几点关灯？"}, {'a', "十一点。"}, {'c', "好。鸡和狗都送给隔壁了，我没啥事。"}});
  EXPECT_TRUE(RiskModel::Get().HardRules({}, implied));
  EXPECT_TRUE(RiskModel::Get().HardRules({}, Spoken({{'c', "嗯。"}, {'a', "我现在就报警，民警马上到，您别挂。"}})));

  std::vector<HeardTurn> late = Spoken({{'c', "你们管不管，再这么堵下去真要出人命了。"}});
  EXPECT_EQ(Assess(late).back().level, RiskLevel::kRed) << "where no reading comes at all, the words stand";
}

TEST(EncoderVoiceTest, WhatIsImpliedIsNotHeldBackThoughNothingSoundsAlarming) {
  std::vector<HeardTurn> turns = Spoken({{'c', "南门那座桥晚上几点关灯？", Emotion::kCalm},
                                         {'a', "十一点。"},
                                         {'c', "好。鸡和狗都送给隔壁了，我没啥事。", Emotion::kCalm}});
  for (const std::size_t caller : {0, 2}) turns[caller].reading->concern = SureOf(Concern::kNone);
  const TurnRisk risk = Assess(turns).back();
  EXPECT_EQ(risk.level, RiskLevel::kRed);
  ASSERT_FALSE(risk.reasons.empty());
  EXPECT_EQ(risk.reasons.front().code, "LIFE_SELF_IMPLIED");
}

TEST(EncoderVoiceTest, RedNeedsAReadingOfTheTurn) {
  std::vector<HeardTurn> turns = Spoken({{'a', "您好，请讲。"}, {'c', "群里一百多户都说好了，后天一早上大桥那边去。"}});
  ASSERT_FALSE(RiskModel::Get().HardRules({}, turns));
  EXPECT_LT(Assess(turns).back().level, RiskLevel::kRed) << "by its words alone, without what the caller feels";
}

TEST(EncoderVoiceTest, ComesAndStaysWithTheReadingOfItsTurn) {
  TurnReading reading{.emotion = Emotion::kSad, .confidence = .9, .emotions = {}, .model = "m"};
  reading.concern = SureOf(Concern::kResigned);
  reading.satisfaction = {.4, .3, .1, .1, .1};
  const std::optional<TurnReading> back = ReadingFrom(ToMessage(reading));
  ASSERT_TRUE(back && back->concern);
  EXPECT_EQ(back->concern->scores, reading.concern->scores);
  EXPECT_EQ(back->concern->linear, reading.concern->linear);
  EXPECT_EQ(back->satisfaction, reading.satisfaction);
}

TEST(EncoderVoiceTest, OfOtherConcernsThanOursIsNotGuessedAt) {
  TurnReading reading{.emotion = Emotion::kSad, .confidence = .9, .emotions = {}, .model = "m"};
  reading.concern = SureOf(Concern::kResigned);
  classification::v1::TurnUnderstood message = ToMessage(reading);
  message.mutable_concern()->mutable_scores(0)->set_concern("something new");
  EXPECT_FALSE(ReadingFrom(message)->concern);
  message.clear_concern();
  EXPECT_FALSE(ReadingFrom(message)->concern) << "an older classification sends none";
}

TEST(ForecastTest, ACallThatWouldBeVotedDownIsRiskier) {
  const auto risk = [](std::vector<double> satisfaction) {
    std::vector<HeardTurn> turns = Spoken({{'a', "您好，请讲。"},
                                           {'c', "楼道灯的事，我打过好几回了，灯还是不亮。", Emotion::kDissatisfied},
                                           {'a', "已经办结了。"},
                                           {'c', "来过人吗？", Emotion::kDissatisfied},
                                           {'a', "那我再登记。"},
                                           {'c', "每回都是登记。", Emotion::kDissatisfied}});
    turns.back().reading->satisfaction = std::move(satisfaction);
    return Assess(turns).back().risk;
  };
  const double without = risk({});
  EXPECT_GT(risk({.8, .2, 0, 0, 0}), without);
  EXPECT_EQ(risk({0, 0, .2, .3, .5}), without) << "a good forecast takes no risk away";
}

}  // namespace
}  // namespace hotline::escalation
