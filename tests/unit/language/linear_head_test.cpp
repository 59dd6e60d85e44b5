#include "language/linear_head.h"

#include <sstream>
#include <stdexcept>

#include <gmock/gmock.h>

namespace hotline::language {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ErrorOf(std::string_view file) {
  try {
    const LinearHead head{file};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(LinearHeadTest, SaysTheSameOnceItWasWrittenAndRead) {
  LinearHead made{"v1", {"a", "b"}};
  made.Set("x", {1, -1});
  made.Set("路灯", {0.25F, 2});
  made.Set("x", {3, -3});
  std::ostringstream file;
  made.Write(file);
  EXPECT_EQ(file.str(), "version\tv1\nlabels\ta\tb\nx\t3\t-3\n路灯\t0.25\t2\n");
  const LinearHead read{file.str()};
  EXPECT_EQ(read.version(), "v1");
  EXPECT_THAT(read.labels(), ElementsAre("a", "b"));
  for (const Features& features :
       {Features{{"x", 1.0F}}, Features{{"路灯", 2.0F}, {"x", 0.5F}}, Features{{"y", 1.0F}}}) {
    EXPECT_EQ(read.Scores(features), made.Scores(features));
  }
}

TEST(LinearHeadTest, OneThatWasReadHasNoNamesToWrite) {
  const LinearHead read{"version\tv1\nlabels\ta\nx\t1\n"};
  std::ostringstream file;
  EXPECT_THROW(read.Write(file), std::logic_error);
}

TEST(LinearHeadTest, NamesTheLineThatIsWrong) {
  EXPECT_THAT(ErrorOf("version\tv1\nlabels\ta\tb\nx\t1\n"), HasSubstr("line 3 has not one weight a label"));
  EXPECT_THAT(ErrorOf("version\tv1\nlabels\ta\nx\t1\ny\t1\nx\t2\n"), HasSubstr("line 5 has a feature twice"));
  EXPECT_THAT(ErrorOf("version\n"), HasSubstr("line 1 has no columns"));
}

}  // namespace
}  // namespace hotline::language
