// What an agent did and left out.
#include "escalation/domain/conduct.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spoken.h"

namespace hotline::escalation {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::IsEmpty;
using testing::Not;

auto Rule(const std::string& rule, int turn) {
  return AllOf(Field(&ConductFinding::rule, rule), Field(&ConductFinding::turn, turn));
}

TEST(ConductTest, SoothingBeforeTheAnswerIsSeen) {
  const Conduct conduct = ReviewConduct(
      Spoken({{'c', "等了一个月都没人来修，家里全泡了！", Emotion::kAngry},
              {'a', "家里泡成这样，换谁都着急，让您等这么久真对不住。按规定物业要在三天内上门，我马上派单。"}}));
  EXPECT_EQ(conduct.soothe_first, true);
  EXPECT_THAT(conduct.findings, Not(Contains(Field(&ConductFinding::rule, "EXPLAINED_BEFORE_SOOTHING"))));
}

TEST(ConductTest, AnAnswerBeforeSoothingIsFound) {
  const Conduct conduct = ReviewConduct(Spoken({{'c', "等了一个月都没人来修，家里全泡了！", Emotion::kAngry},
                                                {'a', "按规定要先由物业核实，您的单子已经登记了。"},
                                                {'c', "又是登记！", Emotion::kAngry},
                                                {'a', "您别着急，我理解您的难处。"}}));
  EXPECT_EQ(conduct.soothe_first, false);
  EXPECT_THAT(conduct.findings, Contains(Rule("EXPLAINED_BEFORE_SOOTHING", 2)));
}

TEST(ConductTest, NobodyUpsetNothingToSoothe) {
  const Conduct conduct = ReviewConduct(Spoken({{'c', "请问办居住证要什么材料？", Emotion::kCalm},
                                                {'a', "带身份证和租房合同就行。"},
                                                {'c', "好的谢谢。", Emotion::kGrateful}}));
  EXPECT_EQ(conduct.soothe_first, std::nullopt);
  EXPECT_THAT(conduct.findings, IsEmpty());
}

const std::vector<HeardTurn> kSoothedByTheRules =
    Spoken({{'a', "您好，请讲。"},
            {'c', "等了一个月都没人来修，家里全泡了！", Emotion::kAngry},
            {'a', "家里泡成这样，换谁都着急，让您等这么久真对不住。按规定要先由物业核实，您的单子已经登记了。"}});

TEST(ConductTest, ASureEncoderOutvotesTheRules) {
  ASSERT_EQ(ReviewConduct(kSoothedByTheRules).soothe_first, true);
  const Conduct conduct = ReviewConduct(kSoothedByTheRules, SoothedVoice{.explained = 3});
  EXPECT_EQ(conduct.soothe_first, false);
  EXPECT_THAT(conduct.findings, Contains(Rule("EXPLAINED_BEFORE_SOOTHING", 3))) << "the first answer";
}

TEST(ConductTest, TheRulesDecideWhereTheEncoderIsNotSure) {
  EXPECT_EQ(ReviewConduct(kSoothedByTheRules, SoothedVoice{.soothed = 2, .explained = 2.5}).soothe_first, true);
}

TEST(ConductTest, AnEncoderThatHearsSoothingTakesTheFindingBack) {
  const Conduct conduct = ReviewConduct(Spoken({{'c', "等了一个月都没人来修，家里全泡了！", Emotion::kAngry},
                                                {'a', "按规定要先由物业核实，您的单子已经登记了。"}}),
                                        SoothedVoice{.soothed = 4});
  EXPECT_EQ(conduct.soothe_first, true);
  EXPECT_THAT(conduct.findings, Not(Contains(Field(&ConductFinding::rule, "EXPLAINED_BEFORE_SOOTHING"))));
}

TEST(ConductTest, WhereTheEncoderHearsNobodyUpsetThereIsNothingToSoothe) {
  const Conduct conduct = ReviewConduct(kSoothedByTheRules, SoothedVoice{.nobody_upset = 3});
  EXPECT_EQ(conduct.soothe_first, std::nullopt);
}

/// An agent's sentence as an encoder hears it.
HeardSentence HeardAs(AgentAct act) {
  HeardSentence sentence;
  sentence.acts.fill(.01);
  sentence.acts[static_cast<std::size_t>(act)] = .92;
  return sentence;
}

/// The same where it tells of faults, too.
HeardSentence HeardAs(AgentAct act, AgentFault fault) {
  HeardSentence sentence = HeardAs(act);
  sentence.fault.emplace();
  sentence.fault->fill(.02);
  (*sentence.fault)[static_cast<std::size_t>(fault)] = .94;
  return sentence;
}

const auto kExplained = Field(&ConductFinding::rule, "EXPLAINED_BEFORE_SOOTHING");

TEST(ConductTest, WhoeverSendsHelpHasNotExplained) {
  std::vector<HeardTurn> turns =
      Spoken({{'c', "我爸在医院排了三天了，没人管！", Emotion::kAngry}, {'a', "按规定先做检查。"}});
  turns[1].sentences = {HeardAs(AgentAct::kExplain)};
  ASSERT_THAT(ReviewConduct(turns).findings, Contains(kExplained));
  turns[0].turn.text = "着火了，楼上着大火了，我爸还在里头，快来人啊！";
  EXPECT_THAT(ReviewConduct(turns).findings, Not(Contains(kExplained)));
}

TEST(ConductTest, WhoeverTakesTheRequestOnHasNotExplained) {
  std::vector<HeardTurn> turns = Spoken({{'c', "等了一个月都没人来修，家里全泡了！", Emotion::kAngry},
                                         {'a', "按规定由物业维修，我现在就登记，转住建局督促物业。"}});
  turns[1].sentences = {HeardAs(AgentAct::kExplain)};
  const Conduct conduct = ReviewConduct(turns);
  EXPECT_EQ(conduct.soothe_first, false);
  EXPECT_THAT(conduct.findings, Not(Contains(kExplained)));
}

TEST(ConductTest, AnExplanationLateInTheCallIsNotBeforeSoothing) {
  std::vector<HeardTurn> turns = Spoken({{'c', "等了一个月都没人来修，家里全泡了！", Emotion::kAngry},
                                         {'a', "您是哪个小区？"},
                                         {'c', "南苑，二号楼！", Emotion::kAngry},
                                         {'a', "几单元？"},
                                         {'c', "三单元。", Emotion::kAngry},
                                         {'a', "按规定由物业维修。"}});
  turns[1].sentences = turns[3].sentences = {HeardAs(AgentAct::kAsk)};
  turns[5].sentences = {HeardAs(AgentAct::kExplain)};
  const Conduct conduct = ReviewConduct(turns);
  EXPECT_EQ(conduct.soothe_first, false);
  EXPECT_THAT(conduct.findings, Not(Contains(kExplained)));
}

TEST(ConductTest, WhatSoundsColdAndIsNoFaultIsNotHeldAgainstTheAgent) {
  std::vector<HeardTurn> turns =
      Spoken({{'c', "这事到底谁管？", Emotion::kDissatisfied}, {'a', "您是不是遇到了什么事？"}});
  turns[1].sentences = {HeardAs(AgentAct::kCold)};
  ASSERT_THAT(ReviewConduct(turns).findings, Contains(Rule("FORBIDDEN_PHRASE", 2))) << "by the act alone";
  turns[1].sentences = {HeardAs(AgentAct::kCold, AgentFault::kNone)};
  EXPECT_THAT(ReviewConduct(turns).findings, Not(Contains(Rule("FORBIDDEN_PHRASE", 2))));
}

TEST(ConductTest, AFaultIsNamedWhateverTheSentenceDoes) {
  std::vector<HeardTurn> turns =
      Spoken({{'c', "这事到底谁管？", Emotion::kDissatisfied}, {'a', "好的。学校没通知到您，您问学校。"}});
  turns[1].sentences = {HeardAs(AgentAct::kOther, AgentFault::kNone),
                        HeardAs(AgentAct::kExplain, AgentFault::kBlamedOthers)};
  EXPECT_THAT(ReviewConduct(turns).findings,
              Contains(AllOf(Rule("BLAMED_OTHERS", 2), Field(&ConductFinding::words, "学校没通知到您，您问学校"))));
}

TEST(ConductTest, AnHonestLimitIsNoPromiseWhateverTheEncoderHears) {
  std::vector<HeardTurn> turns =
      Spoken({{'c', "今天能修好吗？", Emotion::kAnxious}, {'a', "具体几点修好我不能保证，我会一直盯着催。"}});
  turns[1].sentences = {HeardAs(AgentAct::kPromise, AgentFault::kPromiseWithoutBasis)};
  EXPECT_THAT(ReviewConduct(turns).findings, IsEmpty());
}

TEST(ConductTest, WhatTheEncoderHeardStandsAboveTheHead) {
  std::vector<HeardTurn> turns =
      Spoken({{'c', "这事到底谁管？", Emotion::kDissatisfied}, {'a', "好的。带身份证和租房合同。"}});
  ASSERT_THAT(ReviewConduct(turns).findings, Not(Contains(Field(&ConductFinding::rule, "FORBIDDEN_PHRASE"))));
  turns[1].sentences = {HeardAs(AgentAct::kOther), HeardAs(AgentAct::kCold)};
  EXPECT_THAT(ReviewConduct(turns).findings,
              Contains(AllOf(Rule("FORBIDDEN_PHRASE", 2), Field(&ConductFinding::words, "带身份证和租房合同"))));
}

TEST(ConductTest, TheHeadReadsWhatTheEncoderDidNot) {
  std::vector<HeardTurn> turns =
      Spoken({{'c', "这事到底谁管？", Emotion::kDissatisfied}, {'a', "好的。跟我说没用，您爱找谁找谁。"}});
  turns[1].sentences = {HeardAs(AgentAct::kOther)};
  EXPECT_THAT(ReviewConduct(turns).findings, Contains(Rule("FORBIDDEN_PHRASE", 2)));
}

TEST(ConductTest, ARestatementMayTakeManyForms) {
  for (const char* said :
       {"我跟您确认一下，南苑小区二号楼停电，您要求今晚恢复，对吗？", "您的诉求是退还押金一千五百元，我这样记可以吗？",
        "我复述一遍：周六晚上，滨江路，烧烤摊扰民。", "您是想问新生儿落户要不要本人到场，是吧？"}) {
    EXPECT_TRUE(ReviewConduct(Spoken({{'c', "我反映个事。"}, {'a', said}})).restated) << said;
  }
  for (const char* said : {"请问您贵姓？", "好的，已经给您登记了。", "您稍等，我查一下。", "是哪个小区？"}) {
    EXPECT_FALSE(ReviewConduct(Spoken({{'c', "我反映个事。"}, {'a', said}})).restated) << said;
  }
}

TEST(ConductTest, SayingTheFactsBackIsARestatement) {
  EXPECT_TRUE(ReviewConduct(Spoken({{'c', "我在新华路八十八号四楼，水管爆了，楼下商铺也淹了，物业电话没人接。"},
                                    {'a', "新华路八十八号四楼水管爆了，楼下商铺也淹了。我马上联系。"}}))
                  .restated);
}

TEST(ConductTest, WhatMustNotBeSaidIsQuotedWithItsTurn) {
  const Conduct conduct = ReviewConduct(Spoken({{'c', "这事到底谁管？", Emotion::kDissatisfied},
                                                {'a', "跟我说没用，您爱找谁找谁。"},
                                                {'c', "你怎么这样说话？", Emotion::kAngry},
                                                {'a', "您放心，我保证明天一定给您解决。"}}));
  EXPECT_THAT(conduct.findings, Contains(Rule("FORBIDDEN_PHRASE", 2)));
  EXPECT_THAT(conduct.findings, Contains(Rule("PROMISE_WITHOUT_BASIS", 4)));
}

TEST(ConductTest, AnHonestLimitIsNoPromise) {
  const Conduct conduct = ReviewConduct(
      Spoken({{'c', "今天能修好吗？", Emotion::kAnxious}, {'a', "具体几点修好我不能保证，我会一直盯着催。"}}));
  EXPECT_THAT(conduct.findings, Not(Contains(Field(&ConductFinding::rule, "PROMISE_WITHOUT_BASIS"))));
}

TEST(ConductTest, TheSameFormulaTwiceIsOnceTooOften) {
  const Conduct conduct = ReviewConduct(Spoken({{'c', "我要投诉物业。", Emotion::kDissatisfied},
                                                {'a', "请您耐心等待。"},
                                                {'c', "等多久？", Emotion::kDissatisfied},
                                                {'a', "请您耐心等待。"}}));
  EXPECT_THAT(conduct.findings, Contains(Rule("EMPTY_PHRASE_REPEATED", 4)));
}

/// What an agent says, and whether it takes back what was said before.
struct TakenBack {
  const char* words;
  bool contradicts;
};

class TakenBackTest : public testing::TestWithParam<TakenBack> {};

TEST_P(TakenBackTest, OnlyTheAgentsOwnSlipIsAContradiction) {
  const Conduct conduct = ReviewConduct(
      Spoken({{'a', "要先开证明。"}, {'c', "网上写的不用啊？", Emotion::kDissatisfied}, {'a', GetParam().words}}));
  const auto found = Contains(Rule("CONTRADICTED_SELF", 3));
  if (GetParam().contradicts) {
    EXPECT_THAT(conduct.findings, found);
  } else {
    EXPECT_THAT(conduct.findings, Not(found));
  }
}

INSTANTIATE_TEST_SUITE_P(Slips, TakenBackTest,
                         testing::Values(TakenBack{"对不起，刚才说错了，不用开。", true},
                                         TakenBack{"哎，我给您报混了，那是去年的标准。", true},
                                         TakenBack{"不好意思我看岔了一行，只要身份证。", true},
                                         TakenBack{"前面我讲得不准，以网上的为准。", true},
                                         TakenBack{"我更正，是三十天。", true},
                                         TakenBack{"怪我，没问清楚就答您了。", true},
                                         TakenBack{"您刚才说错了门牌也没关系，我改过来。", false},
                                         TakenBack{"就算您跟我说错了，也能改。", false},
                                         TakenBack{"我再查一遍，免得给您报错。", false}));

}  // namespace
}  // namespace hotline::escalation
