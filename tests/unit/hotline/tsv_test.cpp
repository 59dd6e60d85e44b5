// TSV as the program means it: a row out for each row in, and every byte of the input as it was.
#include "hotline/cli/tsv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.h"

namespace hotline::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TsvTest : public testing::Test {
 protected:
  TsvFile Read(std::string_view bytes) {
    auto file = TsvFile::Read(files_.Write("in.tsv", bytes));
    EXPECT_TRUE(file.ok()) << file.status();
    return file.value_or(TsvFile{});
  }
  /// The file with a column "n" appended that counts its rows.
  std::string Numbered(std::string_view bytes) {
    const TsvFile file = Read(bytes);
    std::vector<std::vector<std::string>> cells;
    for (std::size_t i = 0; i < file.rows(); ++i) cells.push_back({std::to_string(i + 1)});
    const std::string_view names[] = {"n"};
    const absl::Status written = file.WriteWith(files_ / "out.tsv", names, cells);
    EXPECT_TRUE(written.ok()) << written;
    return files_.Read("out.tsv");
  }
  Files files_;
};

TEST_F(TsvTest, ReadsFieldsByColumnEmptyOnesIncluded) {
  const TsvFile file = Read("id\ttitle\tdetail\n1\t\t漏水\n2\t停电\t\n");
  EXPECT_THAT(file.header(), ElementsAre("id", "title", "detail"));
  ASSERT_EQ(file.rows(), 2U);
  const std::size_t title = file.Column("title").value();
  EXPECT_EQ(file.Field(0, title), "");
  EXPECT_EQ(file.Field(0, 2), "漏水");
  EXPECT_EQ(file.Field(1, title), "停电");
  EXPECT_EQ(file.Field(1, 2), "");
}

TEST_F(TsvTest, QuotesAndBackslashesAreLettersLikeOthers) {
  const std::string row = "\"他说\"\"好\"\t\\t\\n'";
  EXPECT_EQ(Read("a\tb\n" + row + "\n").Field(0, 0), "\"他说\"\"好\"");
  EXPECT_EQ(Numbered("a\tb\n" + row + "\n"), "a\tb\tn\n" + row + "\t1\n");
}

TEST_F(TsvTest, KeepsEveryByteOfTheInput) {
  const std::string odd = std::string{"\xff\xfe "} + '\0' + " \r x";
  EXPECT_EQ(Numbered("a\n" + odd + "\n"), "a\tn\n" + odd + "\t1\n");
}

TEST_F(TsvTest, KeepsLineEndsAsTheyAre) {
  EXPECT_EQ(Numbered("a\tb\r\n1\t2\r\n3\t4"), "a\tb\tn\r\n1\t2\t1\r\n3\t4\t2") << "no end at the last line";
  EXPECT_EQ(Read("a\tb\r\n1\t2\r\n").Field(0, 1), "2");
}

TEST_F(TsvTest, AnEmptyTextIsARowWhereThereIsOneColumn) {
  EXPECT_EQ(Numbered("text\n好\n\n坏\n\n"), "text\tn\n好\t1\n\t2\n坏\t3\n\t4\n");
}

TEST_F(TsvTest, ABlankLineIsNoRowWhereThereAreSeveral) {
  EXPECT_EQ(Numbered("a\tb\n1\t2\n\n3\t4\n\n"), "a\tb\tn\n1\t2\t1\n\n3\t4\t2\n\n");
}

TEST_F(TsvTest, AShortRowIsFilledUpBeforeTheNewCells) {
  EXPECT_EQ(Numbered("a\tb\tc\n1\n"), "a\tb\tc\tn\n1\t\t\t1\n");
  EXPECT_EQ(Read("a\tb\tc\n1\n").Field(0, 2), "");
}

TEST_F(TsvTest, ARowWithMoreFieldsThanColumnsIsRefusedByLine) {
  const absl::Status refused = TsvFile::Read(files_.Write("in.tsv", "a\tb\n1\t2\n1\t2\t3\n")).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string{refused.message()}, HasSubstr("line 3"));
}

TEST_F(TsvTest, TheByteOrderMarkIsNoPartOfAName) {
  EXPECT_TRUE(Read("\xEF\xBB\xBFid\ttext\n1\t好\n").Column("id").ok());
  EXPECT_EQ(Numbered("\xEF\xBB\xBFid\n1\n"), "\xEF\xBB\xBFid\tn\n1\t1\n");
}

TEST_F(TsvTest, AColumnThatIsNotThereIsRefusedWithThoseThatAre) {
  const absl::Status refused = Read("id\ttext\n").Column("body").status();
  EXPECT_THAT(std::string{refused.message()}, HasSubstr("body"));
  EXPECT_THAT(std::string{refused.message()}, HasSubstr("id, text"));
  const std::string_view names[] = {"标题", "text"};
  EXPECT_EQ(Read("id\ttext\n").AnyColumn(names).value(), 1U);
}

TEST_F(TsvTest, AFileOfNothingNeedsAHeaderAndAMissingOneIsNamed) {
  EXPECT_EQ(TsvFile::Read(files_.Write("in.tsv", "")).status().code(), absl::StatusCode::kInvalidArgument);
  const absl::Status missing = TsvFile::Read(files_ / "nowhere.tsv").status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string{missing.message()}, HasSubstr("nowhere.tsv"));
  EXPECT_EQ(Numbered("a\tb\n"), "a\tb\tn\n") << "a header alone is a file of no rows";
}

TEST_F(TsvTest, AFileThatCannotBeWrittenIsNamed) {
  const absl::Status refused = WriteFile(files_ / "no/such/folder.tsv", "x");
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string{refused.message()}, HasSubstr("no/such/folder.tsv"));
}

TEST_F(TsvTest, LinesOfJsonKeepTheNumbersThatAnEditorShows) {
  const auto lines = ReadLines(files_.Write("in.jsonl", "\xEF\xBB\xBF{}\n\n \r\n{\"a\":1}\r\n"));
  ASSERT_TRUE(lines.ok()) << lines.status();
  ASSERT_EQ(lines->size(), 2U);
  EXPECT_EQ((*lines)[0].text, "{}");
  EXPECT_EQ((*lines)[1].number, 4U);
}

}  // namespace
}  // namespace hotline::cli
