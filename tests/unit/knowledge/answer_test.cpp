#include "knowledge/domain/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "knowledge/adapters/xapian_index.h"

namespace hotline::knowledge {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kQuestion = "冬天家里暖气不热，室温不到二十度，热费能退吗？";

Article Heat(const std::string& id, const std::string& region, const Day& from, const Day& to = "") {
  return {.id = id,
          .version = 1,
          .title = "供热管理办法：室温标准与热费",
          .region = region,
          .document_number = "文〔" + id + "〕1号",
          .effective_from = from,
          .effective_to = to,
          .text = "供热期内居民家里的室温不低于二十度，暖气不热、室温不达标的，按日退还热费。",
          .questions = {"暖气不热热费能退吗"}};
}

class AnswerTest : public testing::Test {
 protected:
  AnswerTest() {
    // Company for the statistics: words that every article holds say little.
    const std::pair<const char*, const char*> others[] = {
        {"dog", "养犬登记应当到派出所办理，每年年检一次，登记不收费。"},
        {"school", "小学入学报名在六月，需要户口本、居住证和房产证明。"},
        {"bus", "老人乘坐公交车免费，凭优待证刷卡乘车。"},
        {"noise", "夜间二十二点至次日六点不得进行产生噪声的施工。"},
        {"wage", "拖欠工资的，可向劳动监察机构投诉，六十日内办结。"}};
    for (const auto& [id, text] : others) {
      index_.Put({.id = id,
                  .version = 1,
                  .title = text,
                  .document_number = "x",
                  .effective_from = "2000-01-01",
                  .text = text});
    }
  }

  Choice Ask(std::string_view question, std::string_view region, const Day& day) const {
    return Choose(index_.Search(question, {std::string{region}, day}, 8), index_.SearchAnywhere(question, 8), region,
                  day, AnswerPolicy{});
  }

  std::string IdFor(std::string_view region, const Day& day) const {
    const Choice choice = Ask(kQuestion, region, day);
    return choice.answer ? choice.answer->article.id : "none";
  }

  XapianIndex index_;
};

TEST_F(AnswerTest, AnswersWithTheRuleOfTheDay) {
  index_.Put(Heat("old", "云州市", "2016-10-01", "2025-09-30"));
  index_.Put(Heat("new", "云州市", "2025-10-01"));
  EXPECT_EQ(IdFor("云州市", "2025-09-30"), "old");
  EXPECT_EQ(IdFor("云州市", "2025-10-01"), "new");
  EXPECT_EQ(IdFor("云州市/青桥区", "2026-01-01"), "new");
}

TEST_F(AnswerTest, ACityWithARuleOfItsOwnIsNotAnsweredFromTheProvince) {
  index_.Put(Heat("country", "", "2010-01-01"));
  EXPECT_EQ(IdFor("云州市", "2026-01-01"), "country");
  index_.Put(Heat("city", "云州市", "2020-01-01"));
  EXPECT_EQ(IdFor("云州市", "2026-01-01"), "city");
  EXPECT_EQ(IdFor("海澜市", "2026-01-01"), "country");
}

TEST_F(AnswerTest, SaysWhyThereIsNone) {
  index_.Put(Heat("hailan", "海澜市", "2020-01-01"));
  Choice choice = Ask(kQuestion, "云州市", "2026-01-01");
  EXPECT_FALSE(choice.answer);
  EXPECT_EQ(choice.reason, NoAnswer::kOtherRegion);
  EXPECT_THAT(choice.note, HasSubstr("海澜市"));

  index_.Put(Heat("coming", "云州市", "2027-01-01"));
  choice = Ask(kQuestion, "云州市", "2026-01-01");
  EXPECT_EQ(choice.reason, NoAnswer::kNotInForce);
  EXPECT_THAT(choice.note, HasSubstr("2027-01-01"));

  choice = Ask("宇宙飞船的停泊许可证在哪个窗口办理？", "云州市", "2026-01-01");
  EXPECT_EQ(choice.reason, NoAnswer::kNothingFound);
  EXPECT_THAT(choice.note, IsEmpty());
}

TEST_F(AnswerTest, WarnsOfTheRuleItReplaced) {
  index_.Put(Heat("old", "云州市", "2016-10-01", "2025-09-30"));
  Article current = Heat("new", "云州市", "2025-10-01");
  current.supersedes = "old";
  index_.Put(current);
  EXPECT_THAT(Ask(kQuestion, "云州市", "2026-01-01").note, HasSubstr("文〔old〕1号"));
}

TEST_F(AnswerTest, WhatTheSearchBringsIsFilteredAgain) {
  // A search gone wrong: all of these are full matches that must not be served.
  Article retired = Heat("retired", "云州市", "2016-10-01");
  retired.retired = true;
  const std::vector<Candidate> wrong = {{Heat("expired", "云州市", "2016-10-01", "2025-09-30"), 9, 1},
                                        {Heat("coming", "云州市", "2027-01-01"), 9, 1},
                                        {Heat("elsewhere", "海澜市", "2016-10-01"), 9, 1},
                                        {retired, 9, 1}};
  EXPECT_FALSE(Choose(wrong, {}, "云州市", "2026-01-01", AnswerPolicy{}).answer);
}

TEST_F(AnswerTest, AQuestionIsNoQueryLanguage) {
  index_.Put(Heat("new", "云州市", "2025-10-01"));
  for (const char* question : {"", "。？！", "R云州市 Qnew", "\"(((", "😀😀"}) {
    EXPECT_FALSE(Ask(question, "云州市", "2026-01-01").answer) << question;
  }
}

TEST_F(AnswerTest, TraditionalAndFullWidthQuestionsFindTheSame) {
  index_.Put(Heat("new", "云州市", "2025-10-01"));
  EXPECT_TRUE(Ask("暖氣不熱，熱費能退嗎？", "云州市", "2026-01-01").answer);
}

TEST_F(AnswerTest, ARetiredArticleIsGoneAtOnce) {
  Article article = Heat("new", "云州市", "2025-10-01");
  index_.Put(article);
  ASSERT_EQ(IdFor("云州市", "2026-01-01"), "new");
  article.retired = true;
  article.version = 2;
  index_.Put(article);
  EXPECT_EQ(IdFor("云州市", "2026-01-01"), "none");
}

}  // namespace
}  // namespace hotline::knowledge
