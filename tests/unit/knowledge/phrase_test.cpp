#include "knowledge/domain/phrase.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "knowledge/domain/situation.h"

namespace hotline::knowledge {
namespace {

using language::Emotion;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

Phrase Say(const std::string& id, const std::string& audience, std::optional<Emotion> emotion) {
  return {.id = id, .situation = "安抚情绪", .audience = audience, .emotion = emotion, .text = id};
}

std::vector<std::string> Ids(const std::vector<Phrase>& phrases) {
  std::vector<std::string> ids;
  for (const Phrase& phrase : phrases) ids.push_back(phrase.id);
  return ids;
}

TEST(PhraseTest, FeelingComesBeforeAudience) {
  const std::vector<Phrase> phrases = {Say("any", "通用", std::nullopt), Say("old", "高龄", std::nullopt),
                                       Say("angry", "通用", Emotion::kAngry), Say("sour", "通用", Emotion::kSarcastic)};
  EXPECT_THAT(Ids(RankPhrases(phrases, {"安抚情绪", Emotion::kAngry, {"高龄"}})),
              ElementsAre("angry", "sour", "old", "any"));
}

TEST(PhraseTest, NeverOneForOtherEarsOrTheOppositeFeeling) {
  const std::vector<Phrase> phrases = {Say("old", "高龄", Emotion::kAngry), Say("glad", "通用", Emotion::kGrateful)};
  EXPECT_THAT(RankPhrases(phrases, {"安抚情绪", Emotion::kAngry, {}}), IsEmpty());
}

TEST(PhraseTest, ARetiredOneIsNotSuggested) {
  Phrase phrase = Say("weak", "通用", Emotion::kAngry);
  phrase.retired = true;
  EXPECT_THAT(RankPhrases({phrase}, {"安抚情绪", Emotion::kAngry, {}}), IsEmpty());
}

TEST(SituationTest, SootheBeforeRestating) {
  const SpokenTurn turn{.emotion = Emotion::kAggrieved, .says_where = true};
  EXPECT_THAT(SituationsOf(turn), ElementsAre("安抚情绪", "复述确认"));
}

TEST(SituationTest, ACrisisComesBeforeEverything) {
  const SpokenTurn turn{.emotion = Emotion::kDesperate, .evidence_codes = {"LEGAL_ROUTE"}, .says_where = true};
  EXPECT_EQ(SituationsOf(turn).front(), "危机陪伴");
}

TEST(SituationTest, AnUpsetCallerWhoComesBackIsTakenUpWhereTheyWere) {
  const SpokenTurn turn{.emotion = Emotion::kDissatisfied, .text = "我这都打了几次了，还是没人管"};
  EXPECT_EQ(SituationsOf(turn).front(), "重复来电");
}

TEST(SituationTest, ACalmCallerWithNothingToRestateNeedsNoPhrase) {
  EXPECT_THAT(SituationsOf({.emotion = Emotion::kCalm}), IsEmpty());
}

TEST(SituationTest, TagsNameTheAudience) {
  EXPECT_THAT(AudiencesOf({"农民工", "游客"}), ElementsAre("农民工"));
  EXPECT_THAT(SituationsOf({.emotion = Emotion::kCalm, .caller_tags = {"高龄"}}), Contains("高龄来电"));
}

}  // namespace
}  // namespace hotline::knowledge
