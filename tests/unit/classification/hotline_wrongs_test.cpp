// Wrongs of the hotline itself become cases of their own.
#include "classification/domain/hotline_wrongs.h"

#include "classification/domain/concern_voice.h"

#include <gmock/gmock.h>

#include "spoken.h"

namespace hotline::classification {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Turn> AsksForAPermit(std::string_view then) {
  return Spoken({{'c', "你好，我住青桥区幸福小区3号楼，想问一下居住证到期了怎么续，要带什么材料？"},
                 {'a', "这个你自己不会上网查吗，天天都问。"},
                 {'c', std::string{then}}});
}

TEST(HotlineWrongsTest, WhoeverComplainsOfTheAgentGetsACaseOfTheirOwn) {
  for (const char* words : {"我要投诉你！", "给我记一条，我投诉你刚才这种态度。", "这个电话我要投诉。",
                            "叫你们领导来接电话。", "那我得反映一下你，哪有这样说话的。"}) {
    const CallUnderstanding call = Read(AsksForAPermit(words)).call;
    ASSERT_THAT(Kinds(call), ElementsAre(CaseKind::kInquiry, CaseKind::kComplaint)) << words;
    EXPECT_THAT(call.cases[1].departments, ElementsAre("热线管理机构")) << words;
    EXPECT_EQ(call.cases[1].topics.at(0).label, "党务政务") << words;
    EXPECT_THAT(call.cases[1].hot_issue, IsEmpty()) << words;
    EXPECT_EQ(call.cases[1].title, "热线服务与工单办理（投诉）") << "not of residence permits";
    EXPECT_THAT(call.cases[1].dispatch_basis, HasSubstr("热线")) << words;
    EXPECT_THAT(call.cases[1].question, IsEmpty()) << "the first case asks it";
    EXPECT_THAT(call.cases[0].question, HasSubstr("居住证"));
    EXPECT_EQ(call.cases[1].evidence.at(0).code, "AGENT_COMPLAINED_OF") << words;
  }
}

TEST(HotlineWrongsTest, NobodyComplainsWhoSaysSoOrSpeaksOfOthers) {
  for (const char* words : {"我不是要投诉你，我就想知道带什么。", "你别多心，不投诉你。", "不急，您慢慢查，我等着。",
                            "那我投诉你们小区物业行不行？"})
    EXPECT_FALSE(FindComplaintOfAgent(AsksForAPermit(words), {})) << words;
}

TEST(HotlineWrongsTest, AskingWhoTheAgentIsComplainsOnlyInAnger) {
  const std::vector<Turn> turns = AsksForAPermit("你工号多少？");
  const auto feeling = [](Emotion emotion) { return std::vector<CallerReading>{{Emotion::kCalm}, {emotion}}; };
  EXPECT_TRUE(FindComplaintOfAgent(turns, feeling(Emotion::kAngry)));
  EXPECT_TRUE(FindComplaintOfAgent(turns, feeling(Emotion::kSarcastic)));
  EXPECT_FALSE(FindComplaintOfAgent(turns, feeling(Emotion::kGrateful)));
  EXPECT_FALSE(FindComplaintOfAgent(turns, {})) << "nothing is known of the feeling";
}

TEST(HotlineWrongsTest, WhatACallOpensWithIsNoComplaintOfThisAgent) {
  EXPECT_FALSE(FindComplaintOfAgent(Spoken({{'c', "我要投诉你们热线上次接电话的。"}, {'a', "您请讲。"}}), {}));
}

TEST(HotlineWrongsTest, AComplaintStaysOneCase) {
  const auto call = Read(Spoken({{'c', "我要投诉，小区停水三天了，物业没人管。"},
                                 {'a', "停水等着就行了，找我们有什么用。"},
                                 {'c', "你这是什么话，我连你一起投诉，工号报一下。"}}))
                        .call;
  EXPECT_THAT(Kinds(call), ElementsAre(CaseKind::kComplaint));
}

TEST(HotlineWrongsTest, AnEncoderHearsALeakThatNoWordTells) {
  const std::vector<Turn> turns = Spoken({{'c', "九月那个单子，我想知道都给谁看过。"},
                                          {'a', "您是想问进度吗？"},
                                          {'c', "今天开会他没点名，就盯着我一个人念。"}});
  const std::vector<CallerReading> deaf{{Emotion::kCalm}, {Emotion::kAnxious}};
  const std::vector<CallerReading> unsure{{Emotion::kCalm, .1}, {Emotion::kAnxious, .3}};
  const std::vector<CallerReading> sure{{Emotion::kCalm, .1}, {Emotion::kAnxious, .8}};
  EXPECT_FALSE(FindLeak(turns, deaf));
  EXPECT_FALSE(FindLeak(turns, unsure));
  const std::optional<Leak> leak = FindLeak(turns, sure);
  ASSERT_TRUE(leak);
  EXPECT_TRUE(leak->heard);
  EXPECT_EQ(leak->evidence.turn, 3);
  EXPECT_EQ(leak->evidence.words, turns[2].text);
}

TEST(HotlineWrongsTest, HowSureAnEncoderIsOfALeakIsAShareOfAllConcerns) {
  EXPECT_NEAR(SureOf({.scores = {{"none", 0}, {"leak", 0}}}, "leak"), .5, 1e-9);
  EXPECT_GT(SureOf({.scores = {{"none", 0}, {"leak", 3}, {"danger", 0}}}, "leak"), .9);
  EXPECT_EQ(SureOf({.scores = {{"none", 0}, {"danger", 3}}}, "leak"), 0);
}

}  // namespace
}  // namespace hotline::classification
