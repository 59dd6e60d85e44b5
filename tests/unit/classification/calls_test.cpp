// Whole calls: how many cases they become, of which kind, for whom.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "classification/domain/slots.h"
#include "spoken.h"

namespace hotline::classification {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;

TEST(CallTest, AQuestionOfPolicyIsAnInquiryAnsweredInTheCall) {
  const auto read = Read(Spoken({{'a', "您好，请讲。"},
                                 {'c', "你好，我想咨询一下失业金怎么申请，每个月能领多少？"},
                                 {'a', "您想知道失业金的申请条件和标准，对吗？"},
                                 {'c', "对的。"},
                                 {'a', "按照规定，缴费满一年就可以申请，每月一千八百元，带身份证到社保窗口办理。"},
                                 {'c', "清楚了，谢谢你。"}}));
  EXPECT_THAT(Kinds(read.call), ElementsAre(CaseKind::kInquiry));
  EXPECT_TRUE(read.call.cases[0].answered_in_call);
  EXPECT_EQ(read.call.cases[0].departments.at(0), "人力资源和社会保障局");
  EXPECT_EQ(read.call.cases[0].topics.at(0).label, "劳动和社会保障");
  EXPECT_THAT(read.call.cases[0].intents, ElementsAre(Intent::kInformation));
  EXPECT_THAT(read.call.cases[0].question, HasSubstr("失业金的申请条件和标准"));
}

TEST(CallTest, AnInquiryThatIsHandedOnIsNotAnswered) {
  const auto read = Read(Spoken(
      {{'c', "我想问一下游泳馆周末几点开门？"}, {'a', "我这边没查到，转体育局请他们回您电话。"}, {'c', "好的。"}}));
  EXPECT_FALSE(read.call.cases.at(0).answered_in_call);
}

TEST(CallTest, AComplaintPhrasedAsAQuestionIsAComplaint) {
  const auto read = Read(Spoken({{'c', "我问你们，电梯坏了一个多月了，物业一直拖着不修，到底有没有人管？"},
                                 {'a', "您要求物业尽快修电梯，对吗？"},
                                 {'c', "对，都投诉三次了还没人来。"}}));
  EXPECT_THAT(Kinds(read.call), ElementsAre(CaseKind::kComplaint));
}

TEST(CallTest, AReportIsConfidential) {
  const auto read = Read(Spoken({{'c', "我要举报，我们厂后面有个黑作坊，用地沟油，没有执照。你们要保密啊。"},
                                 {'a', "您的信息我们会严格保密，您愿意匿名还是实名？"},
                                 {'c', "匿名。"}}));
  EXPECT_THAT(Kinds(read.call), ElementsAre(CaseKind::kReport));
  EXPECT_TRUE(read.call.cases[0].confidential);
  EXPECT_EQ(read.call.cases[0].departments.at(0), "市场监督管理局");
}

TEST(CallTest, EachTurnTellsWhatNoPolicyHelpsWith) {
  const auto read = Read(Spoken({{'c', "我在楼顶上坐着，不想活了。"},
                                 {'c', "我上周举报过那个厂，老板拿着我的举报信，一个字都不差。"},
                                 {'c', "法院判的我不服，我要申请行政复议。"},
                                 {'c', "你好，营业执照怎么换？"}}));
  const auto codes = [&](std::size_t turn) {
    std::vector<std::string> told;
    for (const Evidence& evidence : read.turns.at(turn).evidence) told.push_back(evidence.code);
    return told;
  };
  EXPECT_THAT(codes(0), Contains("EMERGENCY"));
  EXPECT_THAT(codes(1), Contains("INFORMANT_LEAKED"));
  EXPECT_THAT(codes(2), Contains("LEGAL_ROUTE"));
  for (const char* code : {"EMERGENCY", "INFORMANT_LEAKED", "LEGAL_ROUTE"})
    EXPECT_THAT(codes(3), testing::Not(Contains(code)));
}

TEST(CallTest, ALeakedReportIsTwoCases) {
  const auto read = Read(Spoken({{'c', "我上周举报过那个排污的厂，现在他们知道是我了，谁说出去的？"},
                                 {'a', "您别怕，举报的内容被对方知道了，是吗？"},
                                 {'c', "对，他们堵在我家门口，我不敢出门。"}}));
  EXPECT_THAT(Kinds(read.call), ElementsAre(CaseKind::kReport, CaseKind::kComplaint));
  EXPECT_EQ(read.call.cases[1].departments.at(0), "热线管理机构");
  EXPECT_TRUE(read.call.cases[1].confidential);
}

TEST(CallTest, ASuggestionBesideAnInquiryIsACaseOfItsOwn) {
  const auto read = Read(Spoken({{'c', "我想问一下图书馆几点关门？"},
                                 {'a', "晚上八点，周一闭馆，凭身份证免费办证。"},
                                 {'c', "哦。我觉得应该给学生延长到十点，你们能不能提个建议。"},
                                 {'a', "好的，我单独登记一个建议转文旅局。"},
                                 {'c', "谢谢。"}}));
  EXPECT_THAT(Kinds(read.call), ElementsAre(CaseKind::kInquiry, CaseKind::kSuggestion));
}

TEST(CallTest, TwoWishesOfOneSuggestionAreOneCase) {
  const auto read = Read(Spoken({{'c', "我提个建议，公园里能不能多放几张椅子。"},
                                 {'a', "好的，您的建议我记下了，还有吗？"},
                                 {'c', "再加两盏灯就更好了。"},
                                 {'a', "好，一并写上。"}}));
  EXPECT_THAT(Kinds(read.call), ElementsAre(CaseKind::kSuggestion));
}

TEST(CallTest, PraiseIsNotAComplaintEvenWhenItSaysSo) {
  const auto read = Read(Spoken({{'c', "我不是投诉啊，我要表扬一个人，社区卫生院的李护士，天天上门给我妈换药。"},
                                 {'a', "听着真暖心，您的表扬我转给卫健委。"}}));
  EXPECT_THAT(Kinds(read.call), ElementsAre(CaseKind::kPraise));
  EXPECT_THAT(read.call.cases[0].intents, ElementsAre(Intent::kVent));
  EXPECT_EQ(read.call.cases[0].departments.at(0), "卫生健康委员会");
}

TEST(CallTest, PraiseInMockeryIsAComplaint) {
  const auto read = Read(Spoken({{'c', "我先表扬一下你们，效率真高啊，合着我家水管漏了一个月，你们天天高度重视。"},
                                 {'a', "您别生气，您家在哪里？"},
                                 {'c', "你们可真行，报了三回，一回一个说法，佩服佩服。"}}));
  EXPECT_THAT(Kinds(read.call), ElementsAre(CaseKind::kComplaint));
}

TEST(CallTest, AWishBesidesThatTheAgentWritesDownApartIsACaseOfItsOwn) {
  const auto read = Read(Spoken({{'c', "你好，我想问一下老年卡怎么办，要带什么？"},
                                 {'a', "您带上身份证和照片去社区就能办。"},
                                 {'c', "好。还有个事，我们楼道的灯坏了，能不能帮忙催一下？"},
                                 {'a', "路灯的事我单独给您登记一件。"},
                                 {'c', "谢谢你。"}}));
  EXPECT_THAT(Kinds(read.call), ElementsAre(CaseKind::kInquiry, CaseKind::kHelp));
}

TEST(CallTest, PapersToBringAreNoMatter) {
  const auto read = Read(Spoken({{'c', "你好，我想问一下八十岁老人的高龄津贴怎么申请？"},
                                 {'a', "带身份证、户口本、银行卡去社区办理。"},
                                 {'c', "好，身份证、户口本、银行卡，记下了。"}}));
  EXPECT_EQ(read.call.cases.front().departments.front(), "民政局");
}

TEST(CallTest, DangerToLifeIsACallForHelpAndACrisis) {
  const auto read = Read(
      Spoken({{'c', "我不想活了，我站在桥上。"}, {'a', "您别动，我马上联系110过去。"}, {'c', "别来了，没用的。"}}));
  EXPECT_EQ(read.call.cases[0].kind, CaseKind::kHelp);
  EXPECT_TRUE(read.call.cases[0].crisis);
  EXPECT_EQ(read.call.cases[0].emergency_number, "110");
  EXPECT_EQ(read.call.cases[0].departments.at(0), "公安局");
}

TEST(CallTest, TirednessInIdiomsIsNoDanger) {
  const auto read =
      Read(Spoken({{'c', "办个证跑了三趟，累得我想死的心都有了，哈哈。请问要带什么材料？"}, {'a', "带身份证就行。"}}));
  EXPECT_FALSE(read.call.cases[0].crisis);
  EXPECT_EQ(read.call.cases[0].emergency_number, "");
}

TEST(CallTest, TheDepartmentThatTheAgentNamedLeadsAndTheDirectorysHelps) {
  const auto read = Read(
      Spoken({{'c', "我在游乐园买的票，设备停了不给退钱，我要投诉。"}, {'a', "我派给市场监管局，同时抄送文旅局。"}}));
  EXPECT_EQ(read.call.cases[0].departments.at(0), "市场监督管理局");
  EXPECT_THAT(read.call.cases[0].departments, Contains("文化和旅游局"));
  EXPECT_THAT(read.call.cases[0].dispatch_basis, HasSubstr(DispatchDirectory::Get().version()));
}

TEST(CallTest, OfficialsWhoTakeMoneyGoToDiscipline) {
  const auto read = Read(Spoken({{'c', "我举报我们村主任收好处费，不给钱就不给办低保。"}, {'a', "您的信息会保密。"}}));
  EXPECT_THAT(read.call.cases[0].legal_route, HasSubstr("纪检监察"));
  EXPECT_EQ(read.call.cases[0].departments.at(0), "纪检监察机关");
  EXPECT_EQ(read.call.cases[0].topics.at(0).label, "纪检监察");
}

TEST(CallTest, AJudgmentIsNotForTheHotline) {
  const auto read = Read(Spoken({{'c', "我不服法院一审判决，你们给我改一下。"}, {'a', "这个要走诉讼程序。"}}));
  EXPECT_THAT(read.call.cases[0].legal_route, HasSubstr("诉讼"));
}

TEST(CallTest, MentioningACourtIsNoRoute) {
  const auto read = Read(Spoken({{'c', "物业乱收停车费，再不退我就去法院告他们。"}}));
  EXPECT_EQ(read.call.cases[0].legal_route, "");
}

TEST(CallTest, IntentsAreOneOrTwoOverAllCases) {
  const auto read = Read(Spoken({{'c', "我问一下公交卡能不能退？退的钱打到哪里？"},
                                 {'a', "可以退，凭卡到窗口办理。"},
                                 {'c', "还有我建议你们增加网上退卡，应该给老人方便，退的钱也别扣手续费。"},
                                 {'a', "好，另外登记一个建议。"}}));
  std::set<Intent> intents;
  for (const UnderstoodCase& understood : read.call.cases)
    intents.insert(understood.intents.begin(), understood.intents.end());
  EXPECT_GE(intents.size(), 1U);
  EXPECT_LE(intents.size(), 2U);
}

TEST(CallTest, TellsWhenTheAgentRecordedAnotherKind) {
  const auto turns = Spoken({{'c', "我要投诉物业乱收费，凭什么多收我两百块！"}, {'a', "好的，给您登记。"}});
  EXPECT_TRUE(Read(turns, CaseKind::kInquiry).call.recorded_kind_differs);
  EXPECT_FALSE(Read(turns, CaseKind::kComplaint).call.recorded_kind_differs);
  EXPECT_FALSE(Read(turns).call.recorded_kind_differs);
}

TEST(CallTest, TagsComeFromWordsAndFromWhatWasKnown) {
  const auto read = Read(Spoken({{'c', "姑娘，我今年八十三了，耳朵不好，你大点声。"}, {'a', "好的大爷。"}}));
  EXPECT_THAT(read.call.caller_tags, IsSupersetOf({"高龄", "听力不便"}));
}

TEST(CallTest, SameCallSameUnderstanding) {
  const auto turns =
      Spoken({{'c', "楼上半夜施工，吵得睡不着，东湖路锦绣花园三号楼。"}, {'a', "好。"}, {'c', "快点啊。"}});
  const auto first = Read(turns);
  const auto second = Read(turns);
  EXPECT_EQ(first.turns[0].emotions, second.turns[0].emotions);
  EXPECT_EQ(first.call.cases[0].hot_issue, second.call.cases[0].hot_issue);
  EXPECT_EQ(first.call.cases[0].evidence, second.call.cases[0].evidence);
}

TEST(CallTest, OneMatterOfOneEstateIsOneIssueWhateverTheDoor) {
  const auto one = Read(Spoken({{'c', "锦绣花园三号楼停水两天了，自来水公司没人管，我要投诉。"}}));
  const auto two = Read(Spoken({{'c', "我投诉，我们锦绣花园八号楼602又停水，自来水公司电话打不通。"}}));
  const auto elsewhere = Read(Spoken({{'c', "我投诉，我们春江花园八号楼又停水，自来水公司电话打不通。"}}));
  ASSERT_NE(one.call.cases[0].hot_issue, "");
  EXPECT_EQ(one.call.cases[0].hot_issue, two.call.cases[0].hot_issue);
  EXPECT_NE(one.call.cases[0].hot_issue, elsewhere.call.cases[0].hot_issue);
  const auto noise = Read(Spoken({{'c', "锦绣花园旁边工地半夜施工，噪声吵得睡不着，我要投诉。"}}));
  EXPECT_NE(one.call.cases[0].hot_issue, noise.call.cases[0].hot_issue);
  EXPECT_EQ(NeighbourhoodOf(one.call.cases[0].hot_issue), NeighbourhoodOf(noise.call.cases[0].hot_issue));
  EXPECT_NE(NeighbourhoodOf(one.call.cases[0].hot_issue), NeighbourhoodOf(elsewhere.call.cases[0].hot_issue));
}

TEST(CallTest, ACallOfNothingIsStillOneCase) {
  EXPECT_EQ(Read(Spoken({{'a', "您好，请讲。您好？"}})).call.cases.size(), 1U);
  EXPECT_EQ(Read({}).call.cases.size(), 1U);
}

TEST(CallTest, EveryCaseNamesItsEvidence) {
  const auto read = Read(Spoken({{'c', "我要投诉快递公司，包裹丢了不赔。"}}));
  EXPECT_THAT(read.call.cases[0].evidence, Contains(testing::Field(&Evidence::code, "MATTER_WORDS")));
  EXPECT_THAT(read.call.cases[0].evidence, Contains(testing::Field(&Evidence::code, "KIND_NAMED")));
}

}  // namespace
}  // namespace hotline::classification
