// The risk of a call, turn by turn.
#include "escalation/domain/risk.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "escalation/domain/suggestion.h"
#include "spoken.h"

namespace hotline::escalation {
namespace {

using testing::Contains;
using testing::HasSubstr;

std::vector<std::string> Codes(const TurnRisk& risk) {
  std::vector<std::string> codes;
  for (const Evidence& reason : risk.reasons) codes.push_back(reason.code);
  return codes;
}

std::vector<HeardTurn> Resigned() {
  return Spoken({{'a', "您好，请讲。"},
                 {'c', "楼道灯的事，我打过好几回了，每回都说办结，灯还是不亮。", Emotion::kDissatisfied},
                 {'a', "我这边看到已经办结了。"},
                 {'c', "办结办结，就知道办结，来过人吗？", Emotion::kDissatisfied},
                 {'a', "那我再给您登记一次。"},
                 {'c', "算了，不用登记了，登记也是白登记，以后我也不打了。", Emotion::kDisappointed}});
}

TEST(RiskTest, PoliteResignationAfterRepeatsIsWarnedOf) {
  const auto risks = Assess(Resigned());
  EXPECT_LT(risks[1].level, RiskLevel::kOrange) << "how a call opens is the matter it is about";
  ASSERT_GE(risks.back().level, RiskLevel::kOrange);
  EXPECT_THAT(Codes(risks.back()), Contains("CONCERN_RESIGNED"));
  EXPECT_GT(risks.back().trend, 0);
}

TEST(RiskTest, CollectingEvidencePolitelyIsNoticed) {
  const auto risks =
      Assess(Spoken({{'a', "您好。"},
                     {'c', "医院不给我开诊断证明，说没有这个先例。", Emotion::kDissatisfied},
                     {'a', "这个您要问医院。"},
                     {'c', "好。那请您把工号和工单号报给我，我记录一下，留个凭据。", Emotion::kCalm},
                     {'a', "工号是一零二。"},
                     {'c', "这次通话的录音请你们保存好，后面走正式渠道，会有律师联系你们。", Emotion::kCalm}}));
  EXPECT_GE(risks.back().level, RiskLevel::kOrange);
  EXPECT_THAT(Codes(risks.back()), Contains("CONCERN_EVIDENCE"));
}

TEST(RiskTest, WhatRedIsForIsRedInWordsThatNoRuleKnows) {
  const auto turns =
      Spoken({{'a', "您好，请讲。"}, {'c', "群里一百多户都说好了，后天一早上大桥那边去。", Emotion::kAngry}});
  ASSERT_FALSE(RiskModel::Get().HardRules({}, turns));
  EXPECT_EQ(Assess(turns).back().level, RiskLevel::kRed);
}

TEST(RiskTest, RedSaysWhatItIsFor) {
  const std::pair<const char*, Peril> calls[] = {
      {"我不想活了，我站在桥上，药也吃了。", Peril::kLife},
      {"群里一百多户都说好了，后天一早上大桥那边去。", Peril::kCrowd},
      {"我举报的厂长拿着我的举报信，一个字都不差，他知道是我。", Peril::kInformant}};
  for (const auto& [says, peril] : calls) {
    const auto risks = Assess(Spoken(
        {{'a', "您好，请讲。"}, {'c', says, Emotion::kFearful}, {'a', "您慢慢说。"}, {'c', "嗯。", Emotion::kCalm}}));
    EXPECT_EQ(risks[0].peril, std::nullopt) << says;
    ASSERT_EQ(risks[1].level, RiskLevel::kRed) << says;
    EXPECT_EQ(risks[1].peril, peril) << says;
    EXPECT_EQ(risks[3].peril, peril) << "red stays for what it was for";
  }
  EXPECT_EQ(Assess(Resigned()).back().peril, std::nullopt) << "a warning below red is for nothing of these";
}

TEST(RiskTest, ACalmCallerIsBelievedLessReadily) {
  const auto risks = Assess(Spoken(
      {{'a', "您好，请讲。"}, {'c', "听说后天一早有一百多户要去大桥那边，那天公交会不会绕行？", Emotion::kCalm}}));
  EXPECT_LT(risks.back().level, RiskLevel::kRed);
}

TEST(RiskTest, DangerThatIsOverAndAQuestionOfSecrecyAreNoAlarm) {
  for (const char* harmless :
       {"我岳母刚才有点头晕，坐着喝了口水，现在好点了。", "我想举报一个事，先问清楚，你们会不会把我说出去？"}) {
    EXPECT_LT(Assess(Spoken({{'a', "您好。"}, {'c', harmless, Emotion::kAnxious}})).back().level, RiskLevel::kOrange)
        << harmless;
  }
}

TEST(RiskTest, AnAngryCallerWhoIsHelpedIsNoAlarm) {
  const auto risks = Assess(Spoken({{'a', "您好，请讲。"},
                                    {'c', "我家停水两天了，连个通知都没有，太过分了！", Emotion::kAngry},
                                    {'a', "两天没水，做饭洗澡都成问题，搁谁都急。您住哪里？"},
                                    {'c', "东湖小区三号楼。", Emotion::kCalm},
                                    {'a', "我确认一下，东湖小区三号楼停水两天，您要求尽快恢复，对吗？"},
                                    {'c', "对的。", Emotion::kCalm},
                                    {'a', "我转供水公司，两小时内联系您。"},
                                    {'c', "好，谢谢你啊。", Emotion::kGrateful}}));
  for (const TurnRisk& risk : risks) EXPECT_LT(risk.level, RiskLevel::kOrange) << "turn " << risk.turn;
}

TEST(RiskTest, ABadAgentAloneIsNoAlarm) {
  const auto risks = Assess(Spoken({{'a', "说。"},
                                    {'c', "你好，请问公园几点关门？", Emotion::kCalm},
                                    {'a', "这不归我们管，您自己上网搜一下。规定就是规定。"},
                                    {'c', "哦，好的，那我自己查。", Emotion::kCalm},
                                    {'a', "没别的事我挂了。"},
                                    {'c', "没有了，谢谢。", Emotion::kCalm}}));
  for (const TurnRisk& risk : risks) EXPECT_LT(risk.level, RiskLevel::kOrange) << "turn " << risk.turn;
}

TEST(RiskTest, EarlierCasesWeighOnlyWithTrouble) {
  const CallOpening known = WithHistory({{.summary = "路灯不亮", .dissatisfied = true},
                                         {.summary = "路灯不亮", .returns = 1},
                                         {.summary = "路灯不亮", .reopenings = 1}});
  const auto question = Spoken({{'c', "你好，请问图书馆周末开门吗？", Emotion::kCalm}});
  EXPECT_EQ(Assess(question, known).back().level, RiskLevel::kGreen);

  const auto repeat = Spoken({{'c', "还是那个路灯，第四次打了，次次说处理了，一点没变！", Emotion::kAngry}});
  EXPECT_GT(Assess(repeat, known).back().risk, Assess(repeat).back().risk + .1);
}

TEST(RiskTest, AnOpenCaseCountsOnceItIsOverdue) {
  const Time now{std::chrono::milliseconds{1'772'500'320'000}};
  const auto turns = Spoken({{'c', "那个事都两个月了，到现在没人管，你们到底办不办？", Emotion::kDissatisfied}});
  const auto risk_with = [&](Time due_at) {
    CallOpening opening = WithHistory({{.summary = "噪音", .open = true, .due_at = due_at}});
    opening.started_at = now;
    return Assess(turns, opening).back().risk;
  };
  EXPECT_GT(risk_with(now - std::chrono::hours{24}), risk_with(now + std::chrono::hours{24}));
}

TEST(RiskTest, LaterTurnsChangeNothingThatWasSaidBefore) {
  const auto turns = Resigned();
  const auto whole = Assess(turns);
  for (std::size_t i = 1; i <= turns.size(); ++i) {
    const auto prefix = Assess({turns.begin(), turns.begin() + static_cast<std::ptrdiff_t>(i)});
    EXPECT_EQ(prefix.back().risk, whole[i - 1].risk);
    EXPECT_EQ(prefix.back().reasons, whole[i - 1].reasons);
    EXPECT_EQ(prefix.back().trend, whole[i - 1].trend);
  }
}

TEST(RiskTest, EvidenceIsVerbatimAndOfATurnAlreadySpoken) {
  const auto turns = Resigned();
  for (const TurnRisk& risk : Assess(turns)) {
    EXPECT_TRUE(risk.level < RiskLevel::kOrange || !risk.reasons.empty());
    for (const Evidence& reason : risk.reasons) {
      EXPECT_LE(reason.turn, risk.turn);
      if (reason.turn == 0) continue;
      EXPECT_THAT(turns[static_cast<std::size_t>(reason.turn) - 1].turn.text, HasSubstr(reason.words));
    }
  }
}

TEST(RiskTest, RedStaysRedToTheEnd) {
  const auto risks = Assess(Spoken({{'c', "我不想活了。", Emotion::kDesperate},
                                    {'a', "您别急，我在听。"},
                                    {'c', "嗯，谢谢你，我好多了。", Emotion::kGrateful},
                                    {'a', "我一直在。"}}));
  for (const TurnRisk& risk : risks) {
    EXPECT_EQ(risk.level, RiskLevel::kRed);
    EXPECT_THAT(Codes(risk), Contains("LIFE_SELF"));
  }
}

TEST(RiskTest, HardRulesOfPlainWordsSpeakBeforeTheReadingComes) {
  const auto turns = Spoken({{'c', "我们二百多户明天一早都去市政府门口，把路堵了！"}});
  const auto risk = RiskModel::Get().HardRules({}, turns);
  ASSERT_TRUE(risk);
  EXPECT_EQ(risk->level, RiskLevel::kRed);
  EXPECT_TRUE(risk->degraded);
  EXPECT_FALSE(RiskModel::Get().HardRules({}, Spoken({{'c', "你好，请问几点上班？"}})));
}

TEST(RiskTest, WithoutReadingsTheWordsAloneStillWarn) {
  auto turns = Resigned();
  for (HeardTurn& heard : turns) heard.reading.reset();
  const auto risks = Assess(turns);
  EXPECT_TRUE(risks[1].degraded);
  EXPECT_FALSE(risks[2].degraded) << "an agent's turn has no reading to miss";
  EXPECT_GE(risks.back().level, RiskLevel::kOrange);
}

TEST(RiskTest, ALetterIsJudgedByItsOneTurn) {
  CallOpening letter;
  letter.message = true;
  const auto turns =
      Spoken({{'c',
               "关于小区门前积水，我已经反映过五次，每次都写办结，从来没人来。这次再不解决我就联系电视台曝光，"
               "视频已经发到网上了。",
               Emotion::kAngry}});
  EXPECT_GE(Assess(turns, letter).back().level, RiskLevel::kOrange);
}

TEST(RiskTest, PunctuationDoesNotDecide) {
  const auto marked = Spoken({{'c', "退了三次单！谁都说不归自己管！到底归谁？", Emotion::kAngry}});
  const auto bare = Spoken({{'c', "退了三次单 谁都说不归自己管 到底归谁", Emotion::kAngry}});
  EXPECT_NEAR(Assess(marked).back().risk, Assess(bare).back().risk, .15);
}

TEST(RiskTest, RisksAreProbabilitiesWithLevelsInOrder) {
  for (const TurnRisk& risk : Assess(Resigned())) {
    EXPECT_GE(risk.risk, 0);
    EXPECT_LE(risk.risk, 1);
    const LevelThresholds thresholds;
    EXPECT_EQ(risk.level >= RiskLevel::kOrange, risk.risk >= thresholds.orange);
    EXPECT_EQ(risk.level >= RiskLevel::kRed, risk.risk >= thresholds.red);
  }
}

TEST(RiskTest, TheSupervisorIsToldWhatToDo) {
  const auto danger = Assess(Spoken({{'c', "我站在天台上，不想活了。"}})).back();
  EXPECT_THAT(Suggestion(danger), HasSubstr("接管通话"));
  EXPECT_THAT(Suggestion(danger), HasSubstr("12356"));
  EXPECT_THAT(Suggestion(Assess(Resigned()).back()), HasSubstr("回访"));
}

}  // namespace
}  // namespace hotline::escalation
