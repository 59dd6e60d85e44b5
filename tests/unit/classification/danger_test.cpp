// Danger as it is said, as it is heard, and what the agent does about it.
#include "classification/domain/danger.h"

#include <gmock/gmock.h>

#include "spoken.h"

namespace hotline::classification {
namespace {

CallerReading Hears(double danger) { return {.emotion = Emotion::kCalm, .danger = danger}; }

TEST(DangerTest, WordsThatAnEncoderHearsUsedHarmlesslyAreNoEmergency) {
  const auto turns = Spoken({{'c', "你们管不管跳楼的？街口那个鞋店，跳楼价跳了两年，天天吵。"}});
  EXPECT_TRUE(FindEmergency(turns, {})) << "words alone cannot tell";
  const CallerReading calm = Hears(.01);
  EXPECT_FALSE(FindEmergency(turns, {&calm, 1}));
  EXPECT_FALSE(HearDanger(turns, {&calm, 1}));
}

TEST(DangerTest, MeantWordsAreAnEmergencyOfTheirNumber) {
  const CallerReading afraid = Hears(.2);
  const auto bridge = FindEmergency(Spoken({{'c', "我不想活了，我站在桥上。"}}), {&afraid, 1});
  ASSERT_TRUE(bridge);
  EXPECT_EQ(bridge->number, "110");
  EXPECT_TRUE(bridge->crisis);
  const auto fire = FindEmergency(Spoken({{'c', "我家着火了，快来人！"}}), {&afraid, 1});
  ASSERT_TRUE(fire);
  EXPECT_EQ(fire->number, "119");
  EXPECT_FALSE(fire->crisis);
}

TEST(DangerTest, DangerIsHeardWithoutAnyOfTheWords) {
  const auto turns =
      Spoken({{'a', "您好，请讲。"}, {'c', "暖气费还能退给孩子不？"}, {'a', "能退。"}, {'c', "那就好，我用不上了。"}});
  const CallerReading readings[] = {Hears(.1), Hears(.6)};
  const auto heard = HearDanger(turns, readings);
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->code, "EMERGENCY");
  EXPECT_EQ(heard->turn, 4);
  const CallerReading calm[] = {Hears(.1), Hears(.2)};
  EXPECT_FALSE(HearDanger(turns, calm));
}

TEST(HandOverTest, WhoeverIsCalledNowOrOnTheWayWasCalled) {
  const std::pair<const char*, const char*> calls[] = {
      {"您别动，我马上联系110过去。", "110"},       {"我同事已经报警，您别挂。", "110"},
      {"民警已经在路上了，陪您聊会儿。", "110"},    {"这边同步通知消防，您先开窗。", "119"},
      {"救护车三分钟就到，您守着他。", "120"},      {"我给您接12356，老师都在线。", "12356"},
      {"119、120都已经接通，他们听得见您。", "119"}};
  for (const auto& [says, number] : calls) {
    const auto over = FindHandOver(Spoken({{'a', says}}));
    ASSERT_TRUE(over) << says;
    EXPECT_EQ(over->number, number) << says;
    EXPECT_EQ(over->evidence.code, "HANDED_OVER");
  }
}

TEST(HandOverTest, AdviceAnotherDayAndADepartmentsCaseAreNoHandOver) {
  for (const char* says : {"您可以打110报警。", "要是再来闹，您马上打110。", "我转给公安，五个工作日答复您。",
                           "上次民警已经到过现场，是吗？", "遇到诈骗请联系96110。",
                           "演练那天消防车会到，我已经联系好消防。", "您报警了吗？"}) {
    EXPECT_FALSE(FindHandOver(Spoken({{'a', says}}))) << says;
  }
  EXPECT_FALSE(FindHandOver(Spoken({{'c', "我已经联系110了。"}}))) << "of the agent alone";
}

}  // namespace
}  // namespace hotline::classification
