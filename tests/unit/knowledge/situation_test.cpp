#include "knowledge/domain/situation.h"

#include <gtest/gtest.h>

namespace hotline::knowledge {
namespace {

using language::Emotion;

TEST(SituationTest, WhoIsCalmOrSadSeeksFacts) {
  EXPECT_TRUE(SeeksFacts({.emotion = Emotion::kCalm, .question = "困难家庭有没有减免？"}));
  EXPECT_TRUE(SeeksFacts({.emotion = Emotion::kSad, .question = "困难家庭有没有减免？"}));
  EXPECT_TRUE(SeeksFacts({.emotion = Emotion::kAnxious, .question = "明天要带什么？"}));
}

TEST(SituationTest, AngerAndMockeryAskToBeHeard) {
  EXPECT_FALSE(SeeksFacts({.emotion = Emotion::kAngry, .question = "有人问过我一句吗？"}));
  EXPECT_FALSE(SeeksFacts({.emotion = Emotion::kSarcastic, .question = "计划在哪儿呢？"}));
}

TEST(SituationTest, WhoIsInDangerOrGivenAwayIsNotToldOfPolicies) {
  EXPECT_FALSE(SeeksFacts({.emotion = Emotion::kSad, .evidence_codes = {"EMERGENCY"}, .question = "孩子归谁养？"}));
  EXPECT_FALSE(SeeksFacts({.emotion = Emotion::kCalm, .evidence_codes = {"INFORMANT_LEAKED"}, .question = "谁说的？"}));
}

}  // namespace
}  // namespace hotline::knowledge
