// What an encoder says beside the linear heads: it joins them, one run a turn, and nothing hangs on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "classification/adapters/messages.h"
#include "classification/adapters/trained_heads.h"
#include "spoken.h"

namespace hotline::classification {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::Not;
using testing::Optional;
using testing::SizeIs;

template <typename Label>
language::HeadVoice SureOf(Label label, std::size_t labels, double linear = 1) {
  language::HeadVoice voice{.scores = std::vector<double>(labels, 0.0), .linear = linear};
  voice.scores[static_cast<std::size_t>(label) - 1] = 20;
  return voice;
}

CallOpening Opening() {
  return {
      .call_id = "c", .site = "s", .region = "云州市", .started_at = kCallTime, .caller_tags = {}, .message = false};
}

/// An encoder that says the same of every text, and remembers what it was asked.
struct FakeModels {
  TrainedReading reading{.topics = {{"环境保护", 1.0}}, .emotion = {}, .concern = {}, .model = "fake-1"};
  TrainedKind kind{.kind = {}, .model = "fake-1"};
  TrainedDispatch dispatch;
  TrainedActs acts;
  std::vector<std::string> asked;
  std::size_t heard = 0;  ///< Turns given with the last text.

  Reader MakeReader() {
    return {DispatchDirectory::Get(),
            EmotionReader::Get(),
            KindReader::Get(),
            {.read_text =
                 [this](std::string_view text, std::span<const Turn> so_far) {
                   heard = so_far.size();
                   asked.emplace_back(text);
                   return reading;
                 },
             .read_kind = [this](std::string_view) { return kind; },
             .read_dispatch =
                 [this](std::string_view text) {
                   asked.emplace_back(text);
                   return dispatch;
                 },
             .read_opening = {},
             .read_acts =
                 [this](std::span<const std::string_view> sentences) {
                   asked.insert(asked.end(), sentences.begin(), sentences.end());
                   return acts;
                 }}};
  }
};

TEST(HeadVoiceTest, WeighsTheOtherHeadsProbabilities) {
  const language::HeadVoice nothing_to_add{.scores = {0, 0}, .linear = 1};
  EXPECT_THAT(nothing_to_add.With(std::vector{.8, .2}), ElementsAre(testing::DoubleEq(.8), testing::DoubleEq(.2)));
  const language::HeadVoice against{.scores = {0, 3}, .linear = 1};
  EXPECT_LT(against.With(std::vector{.8, .2})[0], .5);
  const language::HeadVoice deaf{.scores = {0, 0}, .linear = 0};
  EXPECT_THAT(deaf.With(std::vector{1.0, 0.0}), ElementsAre(.5, .5)) << "a probability of nought is no infinity";
}

TEST(EncoderVoiceTest, AFeelingIsReadByBothHeadsTogether) {
  const std::vector<Turn> turns = Spoken({{'c', "路灯坏了半个月。"}});
  const EmotionReading alone = EmotionReader::Get().Read({}, turns[0]);
  ASSERT_NE(alone.emotion, Emotion::kDesperate);
  const language::HeadVoice voice = SureOf(Emotion::kDesperate, 11);
  EXPECT_EQ(EmotionReader::Get().Read({}, turns[0], &voice).emotion, Emotion::kDesperate);
  const language::HeadVoice nothing{.scores = std::vector<double>(11, 0.0), .linear = 1};
  EXPECT_EQ(EmotionReader::Get().Read({}, turns[0], &nothing).emotion, alone.emotion);
}

TEST(EncoderVoiceTest, TheKindOfACallIsReadByBothHeadsTogether) {
  const std::vector<Turn> turns = Spoken({{'c', "我想问一下医保断了两个月怎么补交。"}});
  ASSERT_EQ(KindReader::Get().Read(turns).matters[0].kind, CaseKind::kInquiry);
  const language::HeadVoice voice = SureOf(CaseKind::kPraise, 6);
  EXPECT_EQ(KindReader::Get().Read(turns, &voice).matters[0].kind, CaseKind::kPraise);
}

TEST(EncoderVoiceTest, ATurnIsReadInOneRunAndStamped) {
  FakeModels models;
  models.reading.emotion = SureOf(Emotion::kFearful, 11);
  models.reading.concern = ConcernVoice{.scores = {{"danger", 2.5}}, .linear = .5};
  const Reader reader = models.MakeReader();
  const TurnUnderstanding read = reader.ReadTurn(Opening(), {}, Spoken({{'c', "楼上漏水漏到我家了。"}})[0]);
  EXPECT_THAT(models.asked, SizeIs(1));
  EXPECT_THAT(read.emotion, Optional(Emotion::kFearful));
  ASSERT_TRUE(read.concern);
  EXPECT_THAT(read.concern->scores, ElementsAre(std::pair{"danger", 2.5}));
  EXPECT_THAT(read.model, EndsWith("+topics-fake-1"));
}

TEST(EncoderVoiceTest, WhatItMakesOfATurnForTheCourseOfTheCallIsSent) {
  FakeModels models;
  const Turn turn = Spoken({{'c', "楼上漏水漏到我家了。"}})[0];
  const auto sent = [&] {
    const Reader reader = models.MakeReader();
    return ToMessage(Opening(), turn, reader.ReadTurn(Opening(), {}, turn), "m");
  };
  EXPECT_FALSE(sent().has_course());
  models.reading.course = TurnCourse{.model = "course-1", .values = {.25, -1}};
  EXPECT_EQ(sent().course().model(), "course-1");
  EXPECT_THAT(sent().course().values(), ElementsAre(.25F, -1.F));
}

TEST(EncoderVoiceTest, ABusyEncoderLeavesTheTurnToTheLinearHeads) {
  FakeModels models;
  models.reading.model = "linear-1";
  const Reader reader = models.MakeReader();
  const Turn turn = Spoken({{'c', "楼上漏水漏到我家了。"}})[0];
  const TurnUnderstanding read = reader.ReadTurn(Opening(), {}, turn);
  EXPECT_THAT(read.emotion, Optional(EmotionReader::Get().Read({}, turn).emotion));
  EXPECT_FALSE(read.concern);
  EXPECT_THAT(read.model, EndsWith("+topics-linear-1"));
}

TEST(EncoderVoiceTest, AForecastHearsTheCallSoFarAndNoLongerThanItMust) {
  FakeModels models;
  models.reading.satisfaction = {.2, .2, .2, .2, .2};
  const Reader reader = models.MakeReader();
  std::vector<Turn> before;
  for (int i = 1; i <= 100; ++i)
    before.push_back({.number = i, .speaker = Speaker::kCaller, .text = "喂", .said_at = kCallTime, .title = {}});
  const Turn now{.number = 101, .speaker = Speaker::kCaller, .text = "在吗", .said_at = kCallTime, .title = {}};
  EXPECT_THAT(reader.ReadTurn(Opening(), std::span{before}.first(3), now).satisfaction, SizeIs(5));
  EXPECT_EQ(models.heard, 4U);
  (void)reader.ReadTurn(Opening(), before, now);
  EXPECT_EQ(models.heard, 41U);
}

TEST(EncoderVoiceTest, ACallersTurnIsHeardWithWhatCameBefore) {
  const std::vector<Turn> turns = Spoken({{'a', "您好，请讲。"},
                                          {'c', "我想取消一个快递。"},
                                          {'a', "稍等。"},
                                          {'a', "里面是什么？"},
                                          {'c', "对，易碎的。"},
                                          {'c', "你听着就行。"}});
  const std::span<const Turn> all{turns};
  const auto heard = [&](std::size_t turn) { return InCall(turns[turn - 1].text, all.first(turn)); };
  const auto are = [](std::string_view earlier, std::string_view agent) {
    return testing::AllOf(testing::Field(&language::TurnInCall::earlier, earlier),
                          testing::Field(&language::TurnInCall::agent, agent));
  };
  EXPECT_THAT(heard(2), are("", "您好，请讲。"));
  EXPECT_THAT(heard(5), are("我想取消一个快递。", "里面是什么？"));
  EXPECT_THAT(heard(6), are("对，易碎的。", "")) << "nobody spoke between";
  EXPECT_THAT(heard(4), are("", "")) << "an agent's turn is heard alone";
  EXPECT_THAT(InCall("一封信", {}), are("", ""));
  EXPECT_EQ(heard(5).text, "对，易碎的。");
}

TEST(EncoderVoiceTest, AnAgentHasNoFeelings) {
  FakeModels models;
  models.reading.emotion = SureOf(Emotion::kFearful, 11);
  models.reading.concern = ConcernVoice{.scores = {{"danger", 2.5}}, .linear = .5};
  const TurnUnderstanding read = models.MakeReader().ReadTurn(Opening(), {}, Spoken({{'a', "您好，请讲。"}})[0]);
  EXPECT_FALSE(read.emotion);
  EXPECT_FALSE(read.concern);
}

TEST(EncoderVoiceTest, AnAgentsSentencesAreHeardOneByOne) {
  FakeModels models;
  models.acts = {.sentences = {{.acts = {{"soothe", .9}}}, {.acts = {{"ask", .8}}, .faults = {{"none", .7}}}},
                 .model = "fake-1"};
  const Turn said = Spoken({{'a', "让您久等了。您是哪个小区？"}})[0];
  const TurnUnderstanding read = models.MakeReader().ReadTurn(Opening(), {}, said);
  EXPECT_THAT(models.asked, ElementsAre(testing::_, "让您久等了。", "您是哪个小区？"))
      << "the first is the turn's topic";
  ASSERT_THAT(read.acts, SizeIs(2));
  EXPECT_EQ(read.acts[1].acts.front().label, "ask");
  EXPECT_EQ(read.acts[1].faults.front().label, "none");
  EXPECT_THAT(read.model, EndsWith("+topics-fake-1"));
  EXPECT_THAT(read.model, Not(EndsWith("+topics-fake-1+topics-fake-1")));
}

TEST(EncoderVoiceTest, OfALongTurnOnlyTheFirstSentencesAreHeard) {
  FakeModels models;
  std::string speech;
  for (int i = 0; i < 40; ++i) speech += "这个要带身份证。";
  (void)models.MakeReader().ReadTurn(Opening(), {}, Spoken({{'a', speech}})[0]);
  EXPECT_THAT(models.asked, SizeIs(1 + 12));
}

TEST(EncoderVoiceTest, ACallersSentencesAreNoActsOfAnAgent) {
  FakeModels models;
  models.acts = {.sentences = {{.acts = {{"cold", .9}}}}, .model = "fake-1"};
  EXPECT_THAT(models.MakeReader().ReadTurn(Opening(), {}, Spoken({{'c', "你爱管不管。"}})[0]).acts, testing::IsEmpty());
}

TEST(EncoderVoiceTest, TheStampOfACallNamesAllThatSpoke) {
  FakeModels models;
  models.kind.kind = SureOf(CaseKind::kComplaint, 6);
  models.kind.model = "fake-2";
  const std::vector<Turn> turns = Spoken({{'c', "楼上漏水漏到我家了。"}});
  const CallUnderstanding call =
      models.MakeReader().ReadCall(Opening(), turns, std::vector<CallerReading>{{Emotion::kCalm}}, std::nullopt);
  EXPECT_EQ(call.cases[0].kind, CaseKind::kComplaint);
  EXPECT_THAT(call.model, EndsWith("+topics-fake-2+topics-fake-1")) << "a newer model came between";
  models.reading.model = "linear-1";
  models.kind.model = "encoder-1+linear-1";
  EXPECT_THAT(models.MakeReader().ReadCall(Opening(), turns, std::vector<CallerReading>{{Emotion::kCalm}}, {}).model,
              EndsWith("+topics-encoder-1+linear-1+topics-linear-1"))
      << "the encoder was busy in between";
  models.reading.model = models.kind.model = "fake-1";
  const CallUnderstanding same =
      models.MakeReader().ReadCall(Opening(), turns, std::vector<CallerReading>{{Emotion::kCalm}}, {});
  EXPECT_THAT(same.model, Not(EndsWith("+topics-fake-1+topics-fake-1")));
}

TEST(CallTextTest, HoldsTheCallerAndWhatTheAgentRepeats) {
  const std::vector<Turn> turns = Spoken({{'a', "您好，请讲。"},
                                          {'c', "路灯坏了。"},
                                          {'a', "跟您确认一下，是路灯坏了，对吗？"},
                                          {'c', "对。"},
                                          {'a', "请稍等。"}});
  EXPECT_EQ(CallText(turns), "路灯坏了。\n跟您确认一下，是路灯坏了，对吗？\n对。\n");
}

/// Words of two matters: which of them the call is about, models of whole calls tell.
TEST(CallDispatchTest, ModelsOfWholeCallsChooseAmongTheMattersThatWereSpokenOf) {
  const std::vector<Turn> turns =
      Spoken({{'c', "我们小区停水了，暖气也不热。"}, {'a', "您先说哪件？"}, {'c', "都急。"}});
  for (const auto& [topic, lead] : {std::pair{"城乡建设", "供热单位"}, {"城乡建设", "供水单位"}}) {
    FakeModels models;
    models.reading.topics = {{"城乡建设", 1.0}};
    models.dispatch = {.topics = {{topic, .95}}, .departments = {{lead, .9}, {"民政局", .1}}};
    const auto cases = models.MakeReader().ReadCall(Opening(), turns, {}, std::nullopt).cases;
    ASSERT_FALSE(cases.empty());
    EXPECT_EQ(cases[0].departments.at(0), lead);
    EXPECT_EQ(models.asked.back(), "我们小区停水了，暖气也不热。\n您先说哪件？\n都急。");
  }
}

TEST(CallDispatchTest, ADepartmentThatNoMatterNamesIsNotDispatchedTo) {
  const std::vector<Turn> turns = Spoken({{'c', "我们小区停水了。"}, {'a', "好的。"}});
  FakeModels models;
  models.dispatch = {.topics = {{"民政", 1.0}}, .departments = {{"民政局", 1.0}}};
  const auto cases = models.MakeReader().ReadCall(Opening(), turns, {}, std::nullopt).cases;
  EXPECT_THAT(cases.at(0).departments, Not(testing::Contains("民政局")));
  EXPECT_FALSE(cases.at(0).dispatch_basis.empty());
}

TEST(CallDispatchTest, ALetterIsLeftToTheModelsOfLetters) {
  const std::vector<Turn> turns = Spoken({{'c', "我们小区停水了，暖气也不热。"}});
  FakeModels models;
  models.dispatch = {.topics = {{"民政", 1.0}}, .departments = {{"民政局", 1.0}}};
  const auto cases = models.MakeReader().ReadCall(Opening(), turns, {}, std::nullopt).cases;
  EXPECT_NE(cases.at(0).topics.at(0).label, "民政");
}

}  // namespace
}  // namespace hotline::classification
