// Places, times and questions as they are spoken.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "classification/domain/places.h"
#include "classification/domain/questions.h"
#include "classification/domain/slot_candidates.h"
#include "classification/domain/slots.h"
#include "classification/domain/times.h"
#include "spoken.h"

namespace hotline::classification {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// Of the places that a turn names, the one that its slot takes.
std::string Place(const std::string& text) {
  const auto slots = SlotsOfTurn(Spoken({{'c', text}})[0]);
  const FoundSlot* where = Find(slots, SlotName::kWhere);
  return where == nullptr ? "" : where->words;
}

SpokenPlace PlaceOf(const std::string& text, const std::string& words) {
  const auto places = PlaceFinder::Own().PlacesIn(text);
  const auto found = std::find_if(places.begin(), places.end(), [&](const auto& one) { return one.words == words; });
  return found == places.end() ? SpokenPlace{} : *found;
}

SpokenTime When(const std::string& text) {
  const auto times = TimesIn(text, kCallTime);
  return times.empty() ? SpokenTime{} : times.front();
}

TEST(PlacesTest, TakesTheFullestSpan) {
  EXPECT_EQ(Place("我住在东湖区长春路，锦绣花园三号楼二单元501。"), "东湖区长春路，锦绣花园三号楼二单元501");
}
TEST(PlacesTest, ReachesOverFillers) { EXPECT_EQ(Place("就东湖区那个锦绣花园"), "东湖区那个锦绣花园"); }
TEST(PlacesTest, KnowsVillages) { EXPECT_EQ(Place("俺是平山县白石镇的"), "平山县白石镇"); }
TEST(PlacesTest, KindsWithoutNamesAreNoPlaces) {
  EXPECT_EQ(Place("我们小区没人管"), "");
  EXPECT_EQ(Place("村里的人都说"), "");
}
TEST(PlacesTest, KnowsNamesWithoutAKindByWhatStandsAroundThem) {
  const std::string turn = "同志你好，我家住洼子沟上头寨，门口那个机井坏了一个月了。";
  const SpokenPlace place = PlaceOf(turn, "洼子沟上头寨");
  EXPECT_TRUE(place.by_words);
  EXPECT_FALSE(place.by_kind);
  EXPECT_EQ(Place(turn), "洼子沟上头寨");
}
TEST(PlacesTest, BothWaysTogetherFindASpanOnce) {
  const std::string turn = "你好，我住东湖区锦绣花园三号楼的，楼道灯坏了。";
  const auto places = PlaceFinder::Own().PlacesIn(turn);
  const auto times =
      std::count_if(places.begin(), places.end(), [](const auto& one) { return one.words == "东湖区锦绣花园三号楼"; });
  EXPECT_EQ(times, 1);
  EXPECT_TRUE(PlaceOf(turn, "东湖区锦绣花园三号楼").by_kind);
  EXPECT_TRUE(PlaceOf(turn, "东湖区锦绣花园三号楼").by_words);
}
TEST(PlacesTest, NormalFormHasNoFillers) {
  EXPECT_EQ(PlaceOf("就东湖区那个锦绣花园", "东湖区那个锦绣花园").normal, "东湖区锦绣花园");
}
TEST(PlacesTest, ANeighbourhoodIsOneHoweverCallersSayIt) {
  for (const char* said :
       {"锦绣花园", "锦绣花园三号楼二单元501", "东湖区锦绣花园", "云州市东湖区长江路锦绣花园3栋", "锦绣花园小区",
        "东湖区锦绣花园旁边工地", "锦绣花园对面", "锦绣花园业主", "东湖区锦绣花园南门"})
    EXPECT_EQ(Neighbourhood(said), "锦绣花园") << said;
  EXPECT_EQ(Neighbourhood("云州市青桥区幸福小区对面"), Neighbourhood("幸福小区3号楼"));
}
TEST(PlacesTest, WithoutAnEstateItIsTheRoadElseTheVillageElseTheDistrict) {
  EXPECT_EQ(Neighbourhood("东湖区长江路路口"), "长江路");
  EXPECT_EQ(Neighbourhood("平山县白石镇柳树村"), "柳树村");
  EXPECT_EQ(Neighbourhood("云州市东湖区"), "东湖区");
  EXPECT_EQ(Neighbourhood("洼子沟上头寨"), "洼子沟上头寨");
}
TEST(PlacesTest, AWholeCityIsNoNeighbourhood) {
  EXPECT_EQ(Neighbourhood("云州市"), "");
  EXPECT_EQ(Neighbourhood("西江省云州市"), "");
  EXPECT_EQ(Neighbourhood("西岭自治区"), "");
  EXPECT_EQ(Neighbourhood(""), "");
}

TEST(SlotsTest, ADistrictIsNoNeighbourhoodOfSeveralMatters) {
  for (const char* place : {"云州市东湖区", "东湖区", "平山县"}) EXPECT_TRUE(IsOnlyAnArea(place)) << place;
  for (const char* place : {"东湖区长江路", "锦绣小区", "平山县白石镇柳树村", "云州市", ""})
    EXPECT_FALSE(IsOnlyAnArea(place)) << place;
}

TEST(TimesTest, SinceWhen) {
  const SpokenTime time = When("从上礼拜四开始就没水了");
  EXPECT_EQ(time.words, "从上礼拜四开始");
  EXPECT_EQ(time.normal, "2026-02-26/..");
}
TEST(TimesTest, DaysAreToldByTheCallsClock) {
  EXPECT_EQ(When("昨天晚上九点多").normal, "2026-03-02");
  EXPECT_EQ(When("二月十五号交的钱").normal, "2026-02-15");
  EXPECT_EQ(When("去年九月办的").normal, "2025-09");
}
TEST(TimesTest, AMonthThatIsYetToComeWasLastYears) { EXPECT_EQ(When("十一月二十号办的卡").normal, "2025-11-20"); }
TEST(TimesTest, WordsAreVerbatim) { EXPECT_EQ(When("嗯，去年九月办的").words, "去年九月"); }
TEST(TimesTest, AnUnusualWayToSayATimeIsFoundByItsWords) {
  const auto times = TimeFinder::Own().TimesIn("嗯，去年麦收前后，地头那口井就不出水了。", kCallTime);
  const auto unusual =
      std::find_if(times.begin(), times.end(), [](const auto& one) { return one.words == "去年麦收前后"; });
  ASSERT_NE(unusual, times.end());
  EXPECT_FALSE(unusual->by_kind);
  EXPECT_EQ(unusual->normal, "2025");  // What can be told of it.
}
TEST(TimesTest, StandInTheOrderInWhichTheyAreSaid) {
  const std::string turn = "昨天停的电，从上礼拜四开始就断断续续的。";
  const auto times = TimesIn(turn, kCallTime);
  ASSERT_EQ(times.size(), 2U);
  EXPECT_EQ(turn.substr(times[0].at, times[0].words.size()), "昨天");
  EXPECT_EQ(times[1].words, "从上礼拜四开始");
}
TEST(TimesTest, AHouseNumberIsNoDate) { EXPECT_EQ(When("在12号楼").words, ""); }

TEST(SlotsTest, ALongTextIsReadUpToWhereSlotsStand) {
  constexpr int kLong = 2'100;
  std::string long_text;
  for (int i = 0; i < kLong; ++i) long_text += "好";
  EXPECT_THAT(PlaceFinder::Own().PlacesIn(long_text + "我住东湖区锦绣花园三号楼。"), IsEmpty());
  EXPECT_THAT(TimeFinder::Own().TimesIn(long_text + "昨天晚上停的电。", kCallTime), IsEmpty());
}

TEST(SlotsTest, OfACallThatNamesAThousandTimesAndPlacesAFewHundredCount) {
  constexpr std::size_t kMost = 200;
  constexpr std::size_t kTurns = 40;
  constexpr int kTimes = 100;
  std::string turn;
  for (int i = 0; i < kTimes; ++i) turn += "昨天在东湖区，";
  const std::vector<Turn> turns(kTurns, Spoken({{'c', turn}})[0]);
  EXPECT_EQ(TimeCandidates(turns, TimeFinder::Own()).size(), kMost);
  EXPECT_EQ(PlaceCandidates(turns, PlaceFinder::Own()).size(), kMost);
}

TEST(SlotsTest, ATextOfNothingHasNoPlaces) {
  EXPECT_THAT(PlaceFinder::Own().PlacesIn(""), IsEmpty());
  EXPECT_THAT(PlaceFinder::Own().PlacesIn("\xe5\xe5\n\t\xff"), IsEmpty());
}

TEST(SlotsTest, TheFullestPlaceOfTheCallWinsAndNamesItsTurn) {
  const auto turns =
      Spoken({{'c', "我是东湖区的。"}, {'a', "您家具体地址在哪里？"}, {'c', "东湖区长春路锦绣花园三号楼。"}});
  const auto slots = SlotsOfCall(turns);
  const FoundSlot* where = Find(slots, SlotName::kWhere);
  ASSERT_NE(where, nullptr);
  EXPECT_EQ(where->words, "东湖区长春路锦绣花园三号楼");
  EXPECT_EQ(where->turn, 3);
}

TEST(SlotsTest, EverySpanStandsInItsTurn) {
  const auto turns =
      Spoken({{'c', "我妈昨天在东湖区人民医院看病，因为医生开错药，现在还在住院。"}, {'c', "锦绣花园，三号楼。"}});
  for (const FoundSlot& slot : SlotsOfCall(turns)) {
    EXPECT_THAT(turns.at(static_cast<std::size_t>(slot.turn) - 1).text, HasSubstr(slot.words));
  }
}

TEST(SlotsTest, AgentsFillNoSlots) {
  EXPECT_THAT(SlotsOfCall(Spoken({{'a', "您是东湖区长春路的，昨天停的电，对吗？"}})), IsEmpty());
}

TEST(SlotsTest, APlaceThatOnlyTheAgentNamesIsTakenWhenTheCallerNamesNone) {
  const auto turns = Spoken({{'c', "还是上回那个事，灯一直不亮。"},
                             {'a', "我看到了，您反映的是东湖区锦绣花园的路灯，工单已经办结了。"},
                             {'c', "对，就是那儿。"}});
  const auto slots = SlotsOfCall(turns);
  ASSERT_NE(Find(slots, SlotName::kWhere), nullptr);
  EXPECT_EQ(Find(slots, SlotName::kWhere)->words, "东湖区锦绣花园");
  const auto own = SlotsOfCall(Spoken({{'c', "我在长春路。"}, {'a', "我看到东湖区锦绣花园三号楼有一张工单。"}}));
  EXPECT_EQ(Find(own, SlotName::kWhere)->words, "长春路");
}

TEST(SlotsTest, WhenTheHotlineWasToldBeforeIsNotWhenItHappened) {
  const auto slots = SlotsOfCall(
      Spoken({{'c', "路上那个坑，六月份我打过一次电话。"}, {'a', "是的。"}, {'c', "前天我骑车摔进去了。"}}));
  ASSERT_NE(Find(slots, SlotName::kWhen), nullptr);
  EXPECT_EQ(Find(slots, SlotName::kWhen)->words, "前天");
}

TEST(SlotsTest, TheTimeThatIsSaidBackIsTheOne) {
  const auto slots = SlotsOfCall(Spoken(
      {{'c', "昨天下午还好好的，前天晚上也好好的。"}, {'a', "我确认一下：前天晚上停的水，对吗？"}, {'c', "对。"}}));
  ASSERT_NE(Find(slots, SlotName::kWhen), nullptr);
  EXPECT_EQ(Find(slots, SlotName::kWhen)->words, "前天晚上");
}

TEST(QuestionsTest, IsCleanAndForTheRegion) {
  const auto turns = Spoken({{'c', "哎你好，请问一下老年人公交卡怎么办理啊？"}});
  EXPECT_EQ(OpenQuestion({}, turns[0], "云州市"), "云州市老年人公交卡怎么办理？");
}

TEST(QuestionsTest, LeansOnWhatWasAskedBefore) {
  const auto turns = Spoken({{'c', "我想问新生儿医保在哪里办理呢？"}, {'a', "在社区。"}, {'c', "那要带什么呢？"}});
  const std::string question = OpenQuestion(std::span{turns}.first(2), turns[2], "云州市");
  EXPECT_THAT(question, HasSubstr("新生儿医保"));
  EXPECT_THAT(question, HasSubstr("要带什么"));
}

TEST(QuestionsTest, WhoSaysThatHeAsksNeedsNoQuestionMark) {
  EXPECT_EQ(OpenQuestion({}, Spoken({{'c', "我想问一下营业执照怎么换。"}})[0], "云州市"), "云州市营业执照怎么换？");
  EXPECT_EQ(OpenQuestion({}, Spoken({{'c', "办个营业执照要多少钱"}})[0], "云州市"), "云州市办个营业执照要多少钱？");
}

TEST(QuestionsTest, StatementsAndReproachesAskNothing) {
  EXPECT_EQ(OpenQuestion({}, Spoken({{'c', "我住三楼。"}})[0], "云州市"), "");
  EXPECT_EQ(OpenQuestion({}, Spoken({{'c', "你们管不管啊！"}})[0], "云州市"), "");
  EXPECT_EQ(OpenQuestion({}, Spoken({{'c', "我在这儿站着呢。"}})[0], "云州市"), "");
  EXPECT_EQ(OpenQuestion({}, Spoken({{'c', "放了一辈子羊，哪儿也没去过。"}})[0], "云州市"), "");
  EXPECT_EQ(OpenQuestion({}, Spoken({{'c', "师傅今天能来吗？"}})[0], "云州市"), "");
  EXPECT_EQ(OpenQuestion({}, Spoken({{'c', "那得多长时间有信儿啊？"}})[0], "云州市"), "");
  EXPECT_NE(OpenQuestion({}, Spoken({{'c', "退役军人体检多久有结果？"}})[0], "云州市"), "")
      << "of a rule, not of this call";
}

}  // namespace
}  // namespace hotline::classification
