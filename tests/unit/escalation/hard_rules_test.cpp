// What makes a call red at once, and its harmless twins.
#include "escalation/domain/hard_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "escalation/domain/suggestion.h"
#include "spoken.h"

namespace hotline::escalation {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<Evidence> Find(const std::string& text, const CallOpening& opening = {}) {
  return FindHardRules(opening, Spoken({{'c', text}}));
}

struct Said {
  std::string_view code;
  std::string_view text;
};

class HardRuleTest : public testing::TestWithParam<Said> {};

TEST_P(HardRuleTest, Speaks) {
  const std::string text{GetParam().text};
  const std::vector<Evidence> found = Find(text);
  EXPECT_THAT(found, Contains(Field(&Evidence::code, std::string{GetParam().code}))) << text;
  for (const Evidence& evidence : found) {
    EXPECT_NE(text.find(evidence.words), std::string::npos) << "not verbatim: " << evidence.words;
    EXPECT_EQ(evidence.turn, 1);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Life, HardRuleTest,
    testing::Values(
        Said{"LIFE_SELF", "我真不想活了，你们谁也别来劝。"}, Said{"LIFE_SELF", "活着也没什么意思，就这样吧"},
        Said{"LIFE_SELF", "再不给钱我就从你们楼上跳下去"}, Said{"LIFE_SELF", "我现在坐在天台边上，风吹得挺舒服。"},
        Said{"LIFE_SELF", "我刚吃了半瓶安眠药。"}, Said{"LIFE_SELF", "我女儿闹着要跳楼，在窗户上，快来人！"},
        Said{"LIFE_SELF", "那我就死给你们看！"}, Said{"LIFE_SELF", "孩子半个身子都探出窗外了！"},
        Said{"LIFE_DANGER", "出车祸了，人卡着出不来，满脸是血"},
        Said{"LIFE_DANGER", "楼下着火了，烟特别大，我们在五楼！"}, Said{"LIFE_DANGER", "屋里一股煤气味，我头好晕"},
        Said{"LIFE_DANGER", "孩子掉进水塘里了，快救人啊"}, Said{"LIFE_DANGER", "我爸突然昏迷了，怎么喊都喊不醒"},
        Said{"LIFE_DANGER", "工地塌方了，有人被埋"}, Said{"VIOLENCE", "他拿着菜刀站在门口要砍我！"},
        Said{"VIOLENCE", "我老公又打我，我把自己锁在卫生间里，他在踹门"},
        Said{"VIOLENCE", "他说敢讲出去，就把我和孩子一起弄死"}, Said{"LIFE_SELF", "我两条腿都搭出来了，不冷"}));

INSTANTIATE_TEST_SUITE_P(Crowds, HardRuleTest,
                         testing::Values(Said{"GROUP_ACTION", "我们小区三百多户，明天上午全去区政府门口。"},
                                         Said{"GROUP_ACTION", "工友们商量好了，今晚就把工地大门堵住！"},
                                         Said{"GROUP_ACTION", "横幅已经印好了，就等着挂。"},
                                         Said{"GROUP_ACTION", "司机们约好后天集体停运"},
                                         Said{"GROUP_ACTION", "村民们正在路口坐着，不给说法不走"},
                                         Said{"PETITION", "火车票买好了，后天去北京告你们"},
                                         Said{"PETITION", "我下周一就去省里上访，材料都装好了"},
                                         Said{"GROUP_ACTION", "业主们说好了，都不说话，就静静坐在信访局台阶上。"},
                                         Said{"PUBLIC_ORDER", "惹急了我跟他们同归于尽！"},
                                         Said{"PUBLIC_ORDER", "我买好汽油了，这就去找他们算账"}));

TEST(HardRulesTest, ALeakNeedsAReportThatCouldLeak) {
  const std::string text = "他们怎么知道是我打的电话？";
  EXPECT_THAT(Find(text), IsEmpty());
  EXPECT_THAT(Find(text, WithHistory({{.summary = "举报小作坊生产假酒，要求保密"}})),
              Contains(Field(&Evidence::code, "INFORMANT_LEAK")));
  EXPECT_THAT(Find(text, WithHistory({{.summary = "小作坊", .kind = CaseKind::kReport}})),
              Contains(Field(&Evidence::code, "INFORMANT_LEAK")));
  const auto call =
      Spoken({{'c', "我上周举报过一家黑诊所。"}, {'a', "您请说。"}, {'c', "现在老板拿着我的举报信来我家了！"}});
  EXPECT_THAT(FindHardRules({}, call), Contains(Field(&Evidence::code, "INFORMANT_LEAK")));
}

TEST(HardRulesTest, SignsOfAFarewellAddUpOverTheCall) {
  const auto call = Spoken({{'c', "我想问问，如果我不在了，孩子归谁管？"},
                            {'a', "您是想了解监护的规定吗？"},
                            {'c', "嗯。存折密码我都写好放一起了，信也留了。"}});
  EXPECT_THAT(FindHardRules({}, std::span{call}.first(1)), IsEmpty());
  EXPECT_THAT(FindHardRules({}, call), Contains(Field(&Evidence::code, "LIFE_SELF_IMPLIED")));
}

TEST(HardRulesTest, WhatIsGivenAwayAndAPlaceAddUp) {
  const auto call = Spoken({{'c', "师傅，南门那座桥晚上几点关灯？"},
                            {'a', "十一点，您是要拍夜景吗？"},
                            {'c', "不拍。两只鸡和狗都送给隔壁了，我没啥事。"}});
  EXPECT_THAT(FindHardRules({}, std::span{call}.first(1)), IsEmpty());
  EXPECT_THAT(FindHardRules({}, call), Contains(Field(&Evidence::code, "LIFE_SELF_IMPLIED")));
}

TEST(HardRulesTest, WhoPretendsToOrderBesideADrunkardIsInDanger) {
  const auto call = Spoken({{'c', "喂，我想订个蛋糕。"},
                            {'a', "您好，这里是政务热线，您是不是打错了？"},
                            {'c', "没打错，要大一点的。家里那位喝了不少，脾气上来了。"}});
  EXPECT_THAT(FindHardRules({}, std::span{call}.first(1)), IsEmpty());
  const auto found = FindHardRules({}, call);
  EXPECT_THAT(found, Contains(Field(&Evidence::code, "VIOLENCE_IMPLIED")));
  EXPECT_THAT(found, Not(Contains(Field(&Evidence::code, "LIFE_SELF_IMPLIED"))))
      << "one sign of each is none of either";
  EXPECT_THAT(Suggestion({.level = RiskLevel::kRed, .reasons = found}),
              AllOf(HasSubstr("不要点破"), HasSubstr("转接110")));
}

/// What a caller says, turn by turn.
struct Told {
  std::vector<std::string> turns;
};

std::vector<Evidence> FindIn(const Told& told) {
  std::vector<Evidence> found;
  std::vector<HeardTurn> call;
  for (const std::string& text : told.turns) {
    call.push_back({.turn = {.number = static_cast<int>(call.size()) + 1, .speaker = Speaker::kCaller, .text = text}});
    for (Evidence& evidence : FindHardRules({}, call)) found.push_back(std::move(evidence));
  }
  return found;
}

class UnseenDangerTest : public testing::TestWithParam<Told> {};

TEST_P(UnseenDangerTest, AddsUpThoughTheCallerAsksOfSomethingElse) {
  const std::vector<Evidence> found = FindIn(GetParam());
  EXPECT_THAT(found, Contains(Field(&Evidence::code, "LIFE_DANGER_IMPLIED"))) << GetParam().turns.back();
  EXPECT_THAT(Suggestion({.level = RiskLevel::kRed, .reasons = found}),
              AllOf(HasSubstr("离开险处"), HasSubstr("转接119或120")));
  Told first = GetParam();
  first.turns.resize(1);
  EXPECT_THAT(FindIn(first), IsEmpty()) << "one sign says nothing";
}

INSTANTIATE_TEST_SUITE_P(Circumstances, UnseenDangerTest,
                         testing::Values(Told{{"买的酱板鸭怕是坏的，你们管不管？昨晚一家人围着炭盆烤火，吃了半只。",
                                               "今天早上全家都头痛，想吐，我爸坐起来就歪下去了。"}},
                                         Told{{"自来水是不是有问题？我家水龙头的水。", "一碰手就发麻，楼下也这样。"}},
                                         Told{{"我是送报纸的，退订要怎么办？三号那个老太太的。",
                                               "她门口的报纸堆了五天了。", "敲门没人应，电视倒是一直响着。"}},
                                         Told{{"景区的车票能退吗？我们自己走小路下来的，衣服里外湿透了。",
                                               "我女朋友刚才还抖，现在不抖了，还说热。"}},
                                         Told{{"车站有广播室吗，我孙子四岁半。",
                                               "他说去上厕所，我转了好几圈，人没出来。", "有一个多钟头了。"}}));

class SeenThroughTest : public testing::TestWithParam<Told> {};

TEST_P(SeenThroughTest, IsNoDanger) { EXPECT_THAT(FindIn(GetParam()), IsEmpty()) << GetParam().turns.back(); }

INSTANTIATE_TEST_SUITE_P(
    Circumstances, SeenThroughTest,
    testing::Values(Told{{"炭火盆能在阳台上用吗，物业不让。", "为这事我头疼了一个礼拜。"}},
                    Told{{"去年烤火烤了一宿，全家头痛想吐，后来才知道是一氧化碳。", "我想给社区提个建议，发报警器。"}},
                    Told{{"热水器年年坏，售后没人管。", "我手机打得手都酸了。"}},
                    Told{{"对门老太太三天没见人，敲门没人应，灯亮着，后来找到了，在女儿家。", "我想谢谢社区的小王。"}},
                    Told{{"电话打了三天没人接。", "物业也不露面，五天没看见人。", "隔壁也在投诉。"}},
                    Told{{"孩子三岁，想上公办园。", "跑了两个小时，窗口说没名额。"}},
                    Told{{"下雪路滑，鞋都湿透了，能不能撒点盐？", "天冷，老人都走不快。"}}));

TEST(HardRulesTest, SignsOfTwoDangersDoNotAddUp) {
  const auto call = Spoken({{'c', "我没打错吧，这是热线？"}, {'a', "是的。"}, {'c', "大桥几点关灯？"}});
  EXPECT_THAT(FindHardRules({}, call), IsEmpty());
}

TEST(HardRulesTest, AnEventNamedBeforeExplainsABanner) {
  const auto call =
      Spoken({{'c', "我们公司下周办运动会。"}, {'a', "您请说。"}, {'c', "横幅都印好了，挂体育场外面行吗？"}});
  EXPECT_THAT(FindHardRules({}, call), IsEmpty());
}

TEST(HardRulesTest, PlansOfHarmAddUp) {
  const Told told{{"地界的事报了警，人家说是民事，不用跟我解释了。", "汽油我上午打的，加拖拉机用，犯哪条了？",
                   "他们一家都在家，吃饭呢。"}};
  const std::vector<Evidence> found = FindIn(told);
  EXPECT_THAT(found, Contains(Field(&Evidence::code, "PUBLIC_ORDER_IMPLIED")));
  EXPECT_THAT(Suggestion({.level = RiskLevel::kRed, .reasons = found}), HasSubstr("转接110"));
  EXPECT_THAT(FindIn({{told.turns[0], told.turns[1]}}), IsEmpty()) << "two signs of three";
}

TEST(HardRulesTest, WhoMeansToFollowTheDeadPutsItInQuestions) {
  EXPECT_THAT(FindIn({{"自己写个条儿，按手印，算不算遗嘱？", "等烧完七七我就过去了，他那边一个人。"}}),
              Contains(Field(&Evidence::code, "LIFE_SELF_IMPLIED")));
  EXPECT_THAT(FindIn({{"要是人没了，一次性给家里多少？", "不是病死的呢，也给吗？"}}),
              Contains(Field(&Evidence::code, "LIFE_SELF_IMPLIED")));
  EXPECT_THAT(FindIn({{"烧完头七我再去办销户，来得及吗？"}}), IsEmpty());
  EXPECT_THAT(FindIn({{"我写了三条意见，等烧完七七我就过去交。"}}), IsEmpty()) << "points are no letter of farewell";
}

TEST(HardRulesTest, WhoReckonsWithTheirOwnDeathAsksWhoInheritsIt) {
  const auto self = Contains(Field(&Evidence::code, "LIFE_SELF_IMPLIED"));
  EXPECT_THAT(FindIn({{"这人要是没了，他欠的网贷老婆还不还？", "车自己开着开着下去了，保险照赔吧？"}}), self);
  EXPECT_THAT(FindIn({{"要是本人不在了，家里人能不能去领？", "儿子要首付，我对不住他。"}}), self);
  EXPECT_THAT(FindIn({{"人要是不在了，钱家里能一次取出来吧？", "那我抄下来压电视柜底下。"}}), self);
  EXPECT_THAT(FindIn({{"老人没了，死亡证明在哪里开？", "户口本压箱子底下了，我找找。"}}), IsEmpty());
}

TEST(HardRulesTest, AChildThatIsBeatenAndThenStillIsInDanger) {
  const std::vector<Evidence> found = FindIn({{"楼上打小孩，哭得一两个钟头。", "今天叫了半声就没有了。"}});
  EXPECT_THAT(found, Contains(Field(&Evidence::code, "LIFE_DANGER_IMPLIED")));
  EXPECT_THAT(FindIn({{"楼上装修，吵得一两个钟头。", "今天一点声音都没有。"}}), IsEmpty());
  EXPECT_THAT(FindIn({{"带孩子打疫苗几点上班？", "昨天去一点动静都没有。"}}), IsEmpty());
}

/// What the agent says, and what the caller then answers.
struct Asked {
  std::string_view agent;
  std::string_view caller;
};

std::vector<HeardTurn> CallOf(const Asked& asked) {
  return Spoken({{'a', std::string{asked.agent}}, {'c', std::string{asked.caller}, Emotion::kCalm}});
}

class UnderstoodByAgentTest : public testing::TestWithParam<Said> {};

TEST_P(UnderstoodByAgentTest, IsRedWhateverTheCallerSays) {
  const auto call = CallOf({GetParam().text, "嗯，我就问问几点下班。"});
  const auto at_once = FindHardRules({}, std::span{call}.first(1));
  ASSERT_THAT(at_once, Contains(Field(&Evidence::code, std::string{GetParam().code}))) << GetParam().text;
  EXPECT_EQ(at_once.front().turn, 1);
  EXPECT_NE(GetParam().text.find(at_once.front().words), std::string::npos) << "not verbatim";
  EXPECT_EQ(Assess(call).back().level, RiskLevel::kRed) << "and it stays red";
}

INSTANTIATE_TEST_SUITE_P(Agents, UnderstoodByAgentTest,
                         testing::Values(Said{"HELP_SENT", "我已经帮您报警了，您把门反锁好。"},
                                         Said{"HELP_SENT", "救护车已经在路上，别搬动老人。"},
                                         Said{"HELP_SENT", "您千万别挂电话，我让消防的同志跟您说。"},
                                         Said{"HELP_SENT", "师傅，两只手抓紧栏杆，先别说话。"}));

class AgentsHarmlessWordsTest : public testing::TestWithParam<std::string_view> {};

TEST_P(AgentsHarmlessWordsTest, AreAskedOrRepeated) {
  EXPECT_THAT(FindHardRules({}, Spoken({{'a', std::string{GetParam()}}})), IsEmpty()) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Agents, AgentsHarmlessWordsTest,
                         testing::Values("您是说楼下着火了，几楼？", "要是有人威胁您，马上打110，也打给我们。",
                                         "我转消防，他们上门抓蛇不收费。", "我转公安交管，请他们转达谢意。",
                                         "孩子有没有说过不想活之类的话？她有没有说过？",
                                         "培训有四十个小时，有自杀风险评估这些课。", "独立烟感报警器马上发到村里。",
                                         "请您保持电话畅通，街道会联系您。",
                                         "正在发生的先110，已经发生的可以向派出所申请告诫书。"));

TEST(HardRulesTest, WhoIsAskedOfDeathAndDoesNotDenyItMayMeanIt) {
  for (const char* question : {"您是不是不想活了？您现在在楼顶上吗？", "大哥，您可千万别做傻事，家里人还等着您。"}) {
    const auto call = CallOf({question, "风挺凉的。"});
    EXPECT_THAT(FindHardRules({}, std::span{call}.first(1)), IsEmpty()) << "asked is not answered";
    const auto found = FindHardRules({}, call);
    EXPECT_THAT(found, Contains(AllOf(Field(&Evidence::code, "DEATH_ASKED"), Field(&Evidence::turn, 1)))) << question;
    EXPECT_THAT(Suggestion({.level = RiskLevel::kRed, .reasons = found}), HasSubstr("12356"));
    EXPECT_EQ(Assess(call).back().level, RiskLevel::kRed) << "however calm it sounds";
    EXPECT_THAT(FindHardRules({}, CallOf({question, "没有没有，您想哪去了，我就是累。"})), IsEmpty()) << question;
  }
}

TEST(HardRulesTest, WhoAnswersByYesAloneIsNotFree) {
  constexpr std::string_view kQuestion = "您不方便说的话，只回答是或者不是：他现在就在旁边吗？";
  const auto call = CallOf({kQuestion, "对，要红的那种，大一点。"});
  EXPECT_THAT(FindHardRules({}, std::span{call}.first(1)), IsEmpty()) << "asked is not answered";
  const auto found = FindHardRules({}, call);
  EXPECT_THAT(found, Contains(AllOf(Field(&Evidence::code, "DANGER_ASKED"), Field(&Evidence::turn, 1))));
  EXPECT_EQ(Assess(call).back().level, RiskLevel::kRed) << "however calm it sounds";
  EXPECT_THAT(Suggestion({.level = RiskLevel::kRed, .reasons = found}),
              AllOf(HasSubstr("不要点破"), HasSubstr("转接110")));
  EXPECT_THAT(FindHardRules({}, CallOf({kQuestion, "不是，我在开会，一会儿打给您。"})), IsEmpty());
}

class HarmlessTwinTest : public testing::TestWithParam<std::string_view> {};

TEST_P(HarmlessTwinTest, StaysHarmless) {
  const std::string text{GetParam()};
  EXPECT_THAT(Find(text, WithHistory({{.summary = "举报无证摊贩"}})), IsEmpty()) << text;
  const auto risks = Assess(Spoken({{'a', "您好，请讲。"}, {'c', text, Emotion::kCalm}}));
  EXPECT_LT(risks.back().level, RiskLevel::kOrange) << text;
}

INSTANTIATE_TEST_SUITE_P(
    Words, HarmlessTwinTest,
    testing::Values(
        "气死我了，开玩笑的，我就问停车费。", "要死要活地等着放假，高速哪天免费？", "那家店挂着跳楼价的牌子。",
        "请问怎么去信访局反映问题，走什么流程？", "我们单位要搞消防演习，要不要报备？",
        "电影里有人站在楼顶要跳下去，吓得我孩子睡不着，能不能分级？", "热死了热死了，图书馆开空调没有？",
        "你们可真是救命稻草，太谢谢了。", "一辆货车把我们小区门口堵了，几百户出不去。", "下水道堵了，水都出不去。",
        "我们村两百多人周末要去市民广场跑步比赛，大巴停哪里？", "我去北京给老人看病，怎么备案？",
        "举报以后你们会不会泄露我的电话？", "快递怎么知道我电话的？", "烧烤摊冒烟冒得厉害，油烟全进我家。",
        "我怕燃气漏了，想约个安检。", "杀价杀不过他，哈哈。", "去年那边着火了，现在修好了没有？",
        "孩子们都穿校服，走到政府广场参加升旗，路上要封道吗？", "搬家前把猫送给邻居了，养犬证怎么注销？",
        "我说话不太方便，正在开会，晚点再打。", "我没打错吧？问一下公积金。", "大桥的景观灯几点关灯？想去拍夜景。",
        "3号车每天中午12点都把车停在我家门口，挡着路了。", "办运动会能不能拉横幅？",
        "要等四个信号灯才过得去，早高峰都堵到大桥上。", "这厂子三个月都停工，一直没开门。",
        "那块牌子松了，要是掉了会打死人的。", "要是员工集体停工，厂里该先打给谁？我们在填预案。",
        "我要是写得太细，他一猜就知道是我，匿名的收不收？", "放假前校门口大屏能不能放段片子，讲有人溺水了怎么救？"));

constexpr std::string_view kOfALetter =
    "尊敬的领导：我是青桥区幸福小区的业主，小区物业管理混乱，多次反映无人处理，"
    "电动车在楼道里充电，居民十分担心，下面把情况向您反映一下。";

TEST(HardRuleTest, ALetterTellsOfAnAccidentThatIsOver) {
  const CallOpening letter{.message = true};
  for (const char* told :
       {"今年三月车祸，颅内大出血，留下残疾。", "工资这么低，压力让人喘不过气。", "厂里有工人中毒了，没人赔偿。"}) {
    const std::string text = std::string{kOfALetter} + told;
    EXPECT_THAT(Find(text), Not(IsEmpty())) << "said in a call, it is of now: " << told;
    EXPECT_THAT(Find(text, letter), IsEmpty()) << told;
  }
}

TEST(HardRuleTest, ALetterOfNowIsAsRedAsACall) {
  const CallOpening letter{.message = true};
  EXPECT_THAT(Find(std::string{kOfALetter} + "现在楼下着火了，浓烟往上灌，快派人来！", letter),
              Contains(Field(&Evidence::code, "LIFE_DANGER")));
  EXPECT_THAT(Find(std::string{kOfALetter} + "活着也没什么意思，不如死了算了。", letter),
              Contains(Field(&Evidence::code, "LIFE_SELF")))
      << "only accidents and illness are asked for a now";
}

TEST(HardRuleTest, AShortMessageIsReadLikeSpeech) {
  EXPECT_THAT(Find("我家厨房煤气泄漏了，满屋都是味", {.message = true}),
              Contains(Field(&Evidence::code, "LIFE_DANGER")));
}

}  // namespace
}  // namespace hotline::escalation
