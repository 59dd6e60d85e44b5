#include "platform/store/many_rows.h"

#include <gtest/gtest.h>

namespace hotline::platform {
namespace {

TEST(RowInsertTest, CarriesMoreRowsThanItsStatementNames) {
  const auto insert = RowInsert::Read("INSERT INTO things (id, number) VALUES (:1, :2)");
  ASSERT_TRUE(insert);
  EXPECT_EQ(insert->table(), "things");
  EXPECT_EQ(insert->columns(), 2u);
  EXPECT_EQ(insert->Of(3), "INSERT INTO things (id, number) VALUES (:1, :2), (:3, :4), (:5, :6)");
}

TEST(RowInsertTest, KeepsWhatIsToHappenToARowThatIsThere) {
  const auto insert = RowInsert::Read("INSERT INTO things (id) VALUES (:1) ON CONFLICT (id) DO NOTHING");
  ASSERT_TRUE(insert);
  EXPECT_EQ(insert->Of(2), "INSERT INTO things (id) VALUES (:1), (:2) ON CONFLICT (id) DO NOTHING");
}

TEST(RowInsertTest, IsNothingThatHangsOnOtherRows) {
  for (const char* sql : {
           "UPDATE things SET number = :1",
           "INSERT INTO things (id, number) VALUES (:1, 1)",
           "INSERT INTO things (id, number) VALUES (:1, (SELECT max(number) FROM things))",
           "INSERT INTO things (id) VALUES (:1), (:2)",
           "INSERT INTO things (id) VALUES (:1) ON CONFLICT (id) DO UPDATE SET number = 1",
           "INSERT INTO things (id) VALUES (:1) RETURNING id",
           "INSERT INTO things SELECT id FROM others",
           "SELECT id FROM things",
       }) {
    EXPECT_FALSE(RowInsert::Read(sql)) << sql;
  }
}

TEST(ManyRowsTest, PiecesAreOfAFewSizesAndLeaveNothingOut) {
  for (std::size_t size = 0; size < 200; ++size) {
    std::size_t next = 0;
    InPieces(size, [&](std::size_t at, std::size_t count) {
      EXPECT_EQ(at, next);
      EXPECT_NE(std::find(std::begin(kRowsAtOnce), std::end(kRowsAtOnce), count), std::end(kRowsAtOnce));
      next += count;
    });
    EXPECT_EQ(next, size);
  }
}

}  // namespace
}  // namespace hotline::platform
