// What a supervisor was warned of in red reaches the cases of the call.
#include "intake/domain/peril.h"

#include <gmock/gmock.h>

namespace hotline::intake {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

UnderstoodMatter Of(CaseKind kind, std::vector<std::string> departments) {
  return {.kind = kind,
          .topics = {{.topic = "城乡建设", .subtopic = {}, .probability = .8}},
          .departments = std::move(departments),
          .dispatch_confidence = .9,
          .slots = {.where = {.words = "平安里六号楼", .turn = 2, .normal = {}}},
          .title = "供暖室温不达标",
          .summary = "暖气费能退不",
          .question = "暖气费能退吗？"};
}

HeardPeril Life(const std::string& code) { return {Peril::kLife, {{code, "我用不上了", 2}}}; }

std::vector<CaseKind> KindsOf(const std::vector<UnderstoodMatter>& matters) {
  std::vector<CaseKind> kinds;
  for (const UnderstoodMatter& matter : matters) kinds.push_back(matter.kind.value());
  return kinds;
}

TEST(PerilTest, DangerBehindAQuestionIsACaseOfHelpBeforeIt) {
  std::vector<UnderstoodMatter> matters{Of(CaseKind::kInquiry, {"供热单位"})};
  matters.front().emergency_number = "110";
  Heed(Life("LIFE_SELF_IMPLIED"), matters);
  EXPECT_THAT(KindsOf(matters), ElementsAre(CaseKind::kHelp, CaseKind::kInquiry));
  const UnderstoodMatter& danger = matters.front();
  EXPECT_TRUE(danger.crisis);
  EXPECT_EQ(danger.title, "平安里六号楼生命安全险情（求助）");
  EXPECT_EQ(danger.emergency_number, "110");
  EXPECT_EQ(danger.question, "");
  EXPECT_THAT(danger.departments, ElementsAre("公安局", "供热单位"));
  EXPECT_EQ(danger.dispatch_confidence, 0) << "a person has to look at it";
  EXPECT_EQ(danger.evidence.front().code, "LIFE_SELF_IMPLIED");

  EXPECT_FALSE(matters[1].crisis);
  EXPECT_EQ(matters[1].emergency_number, "") << "nobody was called for the question";
  EXPECT_EQ(matters[1].question, "暖气费能退吗？");
}

TEST(PerilTest, AnAccidentBehindAQuestionStaysWithWhoeverCanShutItOff) {
  std::vector<UnderstoodMatter> matters{Of(CaseKind::kInquiry, {"燃气单位"})};
  Heed(Life("LIFE_DANGER_IMPLIED"), matters);
  EXPECT_THAT(KindsOf(matters), ElementsAre(CaseKind::kHelp, CaseKind::kInquiry));
  EXPECT_THAT(matters.front().departments, ElementsAre("燃气单位", "公安局"));
  EXPECT_EQ(matters.front().dispatch_confidence, 0) << "a person has to look at it";
}

TEST(PerilTest, WhatOnlySoundsLikeDangerMakesTheCaseACrisisAndNoOther) {
  for (const char* code : {"CONCERN_DANGER", "COURSE_OF_DANGER"}) {
    std::vector<UnderstoodMatter> matters{Of(CaseKind::kInquiry, {"燃气单位"})};
    Heed(Life(code), matters);
    EXPECT_THAT(KindsOf(matters), ElementsAre(CaseKind::kInquiry));
    EXPECT_TRUE(matters.front().crisis) << "not answered away";
    EXPECT_THAT(matters.front().departments, ElementsAre("燃气单位", "公安局"));
  }
}

TEST(PerilTest, ACallForHelpIsTheCaseOfTheDanger) {
  std::vector<UnderstoodMatter> matters{Of(CaseKind::kComplaint, {"燃气单位"}), Of(CaseKind::kHelp, {"燃气单位"})};
  matters.front().emergency_number = "119";
  Heed(Life("LIFE_DANGER"), matters);
  EXPECT_THAT(KindsOf(matters), ElementsAre(CaseKind::kComplaint, CaseKind::kHelp));
  EXPECT_TRUE(matters[1].crisis);
  EXPECT_EQ(matters[1].emergency_number, "119");
  EXPECT_EQ(matters[0].emergency_number, "");
  EXPECT_FALSE(matters[0].crisis);
  EXPECT_THAT(matters[1].departments, ElementsAre("燃气单位", "公安局")) << "who shuts off the gas goes first";
  EXPECT_EQ(matters[1].dispatch_confidence, .9);
}

TEST(PerilTest, WhereAHandEndangersThePoliceLead) {
  for (const char* code : {"LIFE_SELF", "VIOLENCE_IMPLIED", "DEATH_ASKED", "DANGER_ASKED"}) {
    std::vector<UnderstoodMatter> matters{Of(CaseKind::kHelp, {"民政局", "公安局"})};
    Heed(Life(code), matters);
    EXPECT_THAT(matters.front().departments, ElementsAre("公安局", "民政局")) << code;
  }
}

TEST(PerilTest, ALeadThatRescuesStays) {
  std::vector<UnderstoodMatter> matters{Of(CaseKind::kHelp, {"消防救援", "燃气单位"})};
  Heed(Life("LIFE_DANGER"), matters);
  EXPECT_THAT(matters.front().departments, ElementsAre("消防救援", "燃气单位"));
  EXPECT_EQ(matters.front().dispatch_confidence, .9);

  std::vector<UnderstoodMatter> nobodys{Of(CaseKind::kHelp, {})};
  Heed(Life("LIFE_DANGER"), nobodys);
  EXPECT_THAT(nobodys.front().departments, ElementsAre("公安局"));
}

TEST(PerilTest, AReportOfDangerIsOneCase) {
  std::vector<UnderstoodMatter> matters{Of(CaseKind::kReport, {"应急管理局"})};
  Heed(Life("LIFE_DANGER"), matters);
  EXPECT_THAT(KindsOf(matters), ElementsAre(CaseKind::kReport));
  EXPECT_TRUE(matters.front().crisis);
}

TEST(PerilTest, ACrowdMakesTheMatterItIsAboutACrisis) {
  std::vector<UnderstoodMatter> matters{Of(CaseKind::kComplaint, {"住房和城乡建设局"})};
  Heed({Peril::kCrowd, {{"GROUP_ACTION", "两百户一起去", 4}}}, matters);
  EXPECT_THAT(KindsOf(matters), ElementsAre(CaseKind::kComplaint));
  EXPECT_TRUE(matters.front().crisis);
  EXPECT_THAT(matters.front().departments, ElementsAre("住房和城乡建设局"));
  EXPECT_EQ(matters.front().evidence.front().words, "两百户一起去");
}

TEST(PerilTest, WhatComesOfALeakIsConfidential) {
  std::vector<UnderstoodMatter> matters{Of(CaseKind::kReport, {"生态环境局"}), Of(CaseKind::kComplaint, {"公安局"})};
  Heed({Peril::kInformant, {}}, matters);
  for (const UnderstoodMatter& matter : matters) {
    EXPECT_TRUE(matter.confidential);
    EXPECT_FALSE(matter.crisis);
    EXPECT_THAT(matter.evidence, IsEmpty());
  }
}

TEST(PerilTest, ALateRedMarksACaseOnce) {
  Case filed;
  EXPECT_TRUE(Mark(Life("LIFE_SELF"), filed));
  EXPECT_TRUE(filed.crisis);
  EXPECT_FALSE(Mark(Life("LIFE_SELF_IMPLIED"), filed)) << "it knew";
  EXPECT_THAT(filed.evidence, testing::SizeIs(1));
  EXPECT_FALSE(filed.confidential);
  EXPECT_TRUE(Mark({Peril::kInformant, {}}, filed));
  EXPECT_TRUE(filed.confidential);
}

}  // namespace
}  // namespace hotline::intake
