#include "language/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "language/features.h"
#include "language/vocabulary.h"

namespace hotline::language {
namespace {

std::vector<std::string> Words(const std::string& text, const std::vector<Span>& spans) {
  std::vector<std::string> words;
  for (const Span& span : spans) words.emplace_back(span.In(text));
  return words;
}

TEST(FoldTest, FoldsWidthAndCaseAndKeepsTheBytesItCameFrom) {
  const std::string text = "Ａ１中ｂ";
  const FoldedText folded = Fold(text);
  EXPECT_EQ(folded.characters, U"a1中b");
  EXPECT_EQ(folded.Original(text, 1, 3), "１中");
  EXPECT_EQ(FoldedUtf8("ＡＢＣ　１２"), "abc 12");
}

TEST(FoldTest, TakesBrokenBytesOneByOne) {
  EXPECT_EQ(Fold("a\xff\xfe"
                 "b")
                .size(),
            4U);
}

TEST(SentencesTest, EndAtFullAndHalfWidthMarks) {
  const std::string text = "暖气不热！ 打了三次电话;没人来?怎么办";
  EXPECT_THAT(Words(text, Sentences(text)), testing::ElementsAre("暖气不热", "打了三次电话", "没人来", "怎么办"));
}

TEST(ClausesTest, EndAtPauses) {
  const std::string text = "我去了，他说不归他管、让我回去";
  EXPECT_THAT(Words(text, Clauses(text)), testing::ElementsAre("我去了", "他说不归他管", "让我回去"));
}

TEST(SimplifiedTest, TurnsTraditionalIntoSimplified) {
  EXPECT_EQ(Simplified("學生悠遊卡適用對象"), "学生悠游卡适用对象");
}

TEST(FeaturesTest, AreSortedUniqueAndBlindToWidth) {
  const auto features = ExtractFeatures("停车费停车费", {});
  for (std::size_t i = 1; i < features.size(); ++i) EXPECT_LT(features[i - 1].bucket, features[i].bucket);
  const auto wide = ExtractFeatures("ＡＢＣ１", {});
  const auto narrow = ExtractFeatures("abc1", {});
  ASSERT_EQ(wide.size(), narrow.size());
  for (std::size_t i = 0; i < wide.size(); ++i) EXPECT_EQ(wide[i].bucket, narrow[i].bucket);
}

TEST(VocabularyTest, SpellsEveryTermAndReadsItBack) {
  for (const Emotion emotion : AllEmotions()) EXPECT_EQ(EmotionFromName(Name(emotion)), emotion);
  for (const CaseKind kind : AllCaseKinds()) EXPECT_EQ(CaseKindFromName(Name(kind)), kind);
  for (const Intent intent : AllIntents()) EXPECT_EQ(IntentFromName(Name(intent)), intent);
  for (const RiskLevel level : AllRiskLevels()) EXPECT_EQ(RiskLevelFromName(Name(level)), level);
  EXPECT_FALSE(EmotionFromName("高兴"));
  EXPECT_EQ(TopicNames().size(), 15U);
}

}  // namespace
}  // namespace hotline::language
