// Tables and progress for people at a terminal, where a Chinese character is two columns wide.
#include "hotline/cli/terminal.h"

#include <algorithm>
#include <iostream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hotline/cli/names.h"

namespace hotline::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(DisplayWidthTest, CountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth(""), 0U);
  EXPECT_EQ(DisplayWidth("abc 12"), 6U);
  EXPECT_EQ(DisplayWidth("投诉"), 4U);
  EXPECT_EQ(DisplayWidth("ＡＢ，"), 6U) << "full-width forms";
  EXPECT_EQ(DisplayWidth("e\u0301"), 1U) << "an accent stands on its letter";
  EXPECT_EQ(DisplayWidth("\xff\xfe"), 2U) << "broken bytes take a place each";
}

TEST(ShortenTest, CutsBetweenCharactersAndSaysSo) {
  EXPECT_EQ(Shorten("楼顶漏水", 8), "楼顶漏水");
  EXPECT_EQ(Shorten("楼顶漏水", 7), "楼顶漏…");
  EXPECT_EQ(Shorten("楼顶漏水", 6), "楼顶…") << "half a character does not fit";
  EXPECT_EQ(Shorten("a楼b", 3), "a…");
  for (std::size_t columns = 1; columns < 9; ++columns) {
    EXPECT_LE(DisplayWidth(Shorten("楼顶abc漏水", columns)), columns) << columns;
  }
}

TEST(TableTest, AlignsByWidthAndLeavesNothingBehindTheLastColumn) {
  Table table{{"单位", "n"}};
  EXPECT_TRUE(table.empty());
  table.Add({"公安局", "12"});
  table.Add({"abc", "3"});
  EXPECT_EQ(table.Text("  "),
            "  单位    n\n"
            "  公安局  12\n"
            "  abc     3\n");
}

TEST(TableTest, ARowMayHaveFewerCellsThanTheHeader) {
  Table table{{"a", "b"}};
  table.Add({"x"});
  EXPECT_EQ(table.Text(), "a  b\nx\n");
}

/// What goes to standard error while it lives.
class CaughtErrors {
 public:
  CaughtErrors() : before_{std::cerr.rdbuf(text_.rdbuf())} {}
  ~CaughtErrors() { std::cerr.rdbuf(before_); }
  CaughtErrors(const CaughtErrors&) = delete;
  CaughtErrors& operator=(const CaughtErrors&) = delete;
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

TEST(ProgressTest, ManyStepsAreOneLineThatTellsTheLast) {
  const CaughtErrors errors;
  {
    Progress progress{"filing", 3};
    for (std::uint64_t done = 1; done <= 3; ++done) progress.Update(done, done == 3 ? "2 dispatched" : "");
  }
  EXPECT_THAT(errors.text(), HasSubstr("filing 3/3 ("));
  EXPECT_THAT(errors.text(), HasSubstr("2 dispatched\n"));
  const std::string text = errors.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST(ProgressTest, FinishesOnceAndWithoutATotalCountsOnly) {
  const CaughtErrors errors;
  Progress progress{"watching", 0};
  progress.Update(7);
  progress.Finish();
  const std::string once = errors.text();
  EXPECT_THAT(once, HasSubstr("watching 7 ("));
  progress.Finish();
  EXPECT_EQ(errors.text(), once);
}

TEST(NamesTest, EveryWordOfTheFieldGoesThereAndBack) {
  for (int number = 1; common::v1::CaseState_IsValid(number); ++number) {
    const auto state = static_cast<common::v1::CaseState>(number);
    EXPECT_THAT(std::string{NameOf(state)}, Not(IsEmpty())) << number;
    EXPECT_EQ(StateFrom(NameOf(state)), state);
  }
  for (int number = 1; common::v1::Rating_IsValid(number); ++number) {
    const auto rating = static_cast<common::v1::Rating>(number);
    EXPECT_EQ(RatingFrom(NameOf(rating)), rating);
  }
  for (int number = 1; common::v1::CaseKind_IsValid(number); ++number) {
    const auto kind = static_cast<common::v1::CaseKind>(number);
    EXPECT_EQ(KindFrom(NameOf(kind)), kind);
  }
  EXPECT_EQ(NameOf(common::v1::CASE_STATE_UNSPECIFIED), "");
  EXPECT_EQ(NameOf(static_cast<common::v1::CaseState>(99)), "") << "a newer server may know more";
  EXPECT_FALSE(StateFrom("完成").has_value());
}

}  // namespace
}  // namespace hotline::cli
