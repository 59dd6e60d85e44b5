#include "knowledge/domain/article.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::knowledge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Article Version(std::int64_t version, const Day& from, const Day& to = "") {
  return {.id = "heat", .version = version, .effective_from = from, .effective_to = to};
}

std::map<std::int64_t, Article> Versions(const std::vector<Article>& articles) {
  std::map<std::int64_t, Article> versions;
  for (const Article& article : articles) versions[article.version] = article;
  return versions;
}

/// "2:2026-01-01..2026-05-31"
std::vector<std::string> Spans(const std::vector<Article>& articles) {
  std::vector<std::string> spans;
  for (const Article& article : articles) {
    spans.push_back(std::to_string(article.version) + ":" + article.effective_from + ".." + article.effective_to);
  }
  return spans;
}

TEST(ArticleTest, ADayIsADateThatExists) {
  EXPECT_TRUE(IsDay("2024-02-29"));
  for (const char* text :
       {"", "2026-2-3", "2026-02-30", "2025-02-29", "2026/02/03", "2026-02-03T", "0000-01-01", "今天"}) {
    EXPECT_FALSE(IsDay(text)) << text;
  }
}

TEST(ArticleTest, IsInForceFromItsFirstDayToItsLast) {
  const Article article = Version(1, "2025-10-01", "2026-03-31");
  EXPECT_FALSE(InForce(article, "2025-09-30"));
  EXPECT_TRUE(InForce(article, "2025-10-01"));
  EXPECT_TRUE(InForce(article, "2026-03-31"));
  EXPECT_FALSE(InForce(article, "2026-04-01"));
}

TEST(ArticleTest, IsInForceWithoutEndUntilItIsRetired) {
  Article article = Version(1, "2025-10-01");
  EXPECT_TRUE(InForce(article, "2099-01-01"));
  article.retired = true;
  EXPECT_FALSE(InForce(article, "2025-10-02"));
}

TEST(ArticleTest, AnswersForItsRegionAndAllBelowIt) {
  EXPECT_TRUE(Serves("", "云州市/青桥区"));
  EXPECT_TRUE(Serves("全国", "云州市"));
  EXPECT_TRUE(Serves("云州市", "云州市/青桥区"));
  EXPECT_TRUE(Serves("云州市/青桥区", "云州市/青桥区"));
  EXPECT_FALSE(Serves("云州市/青桥区", "云州市"));
  EXPECT_FALSE(Serves("海澜市", "云州市"));
  EXPECT_FALSE(Serves("云州", "云州市"));
  EXPECT_FALSE(Serves("云州市", "")) << "a city's rule is no rule of the country";
}

TEST(ArticleTest, ALaterVersionTakesOverOnItsFirstDay) {
  EXPECT_THAT(Spans(InForceOnSomeDay(Versions({Version(1, "2016-10-01"), Version(2, "2026-06-01")}))),
              ElementsAre("2:2026-06-01..", "1:2016-10-01..2026-05-31"));
}

TEST(ArticleTest, AnEndThatCameBeforeTheNextVersionStays) {
  EXPECT_THAT(Spans(InForceOnSomeDay(Versions({Version(1, "2016-10-01", "2020-12-31"), Version(2, "2026-01-01")}))),
              ElementsAre("2:2026-01-01..", "1:2016-10-01..2020-12-31"));
}

TEST(ArticleTest, ACorrectionOfTheSameDaysLeavesNothingOfTheWrongText) {
  EXPECT_THAT(Spans(InForceOnSomeDay(Versions({Version(1, "2026-03-01"), Version(2, "2026-03-01")}))),
              ElementsAre("2:2026-03-01.."));
  EXPECT_THAT(Spans(InForceOnSomeDay(Versions({Version(1, "2026-03-01"), Version(2, "2025-01-01")}))),
              ElementsAre("2:2025-01-01.."));
}

TEST(ArticleTest, WhatIsRetiredTakesItsEarlierVersionsWithIt) {
  Article retired = Version(2, "2026-01-01");
  retired.retired = true;
  EXPECT_THAT(InForceOnSomeDay(Versions({Version(1, "2016-10-01"), retired})), IsEmpty());
  EXPECT_THAT(Spans(InForceOnSomeDay(Versions({Version(1, "2016-10-01"), retired, Version(3, "2026-06-01")}))),
              ElementsAre("3:2026-06-01.."));
}

}  // namespace
}  // namespace hotline::knowledge
