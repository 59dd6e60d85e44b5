// `hotline migrate` and the programs that serve on what it made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

#include "support/server.h"

namespace hotline::tests {
namespace {

using testing::HasSubstr;

class MigrateCommandTest : public testing::Test {
 protected:
  void SetUp() override { setenv("HOTLINE_MIGRATE", "check", 1); }
  void TearDown() override { unsetenv("HOTLINE_MIGRATE"); }
};

TEST_F(MigrateCommandTest, BringsUpEverySchemaThatServicesThenFind) {
  const TemporaryDirectory data;
  Server server{data.path()};
  EXPECT_THAT([&] { server.Start(); },
              testing::ThrowsMessage<std::runtime_error>(HasSubstr("bring it up with the command migrate")));
  const CommandResult migrated = RunHotline({"migrate", "--data", data.path().string()});
  ASSERT_EQ(migrated.status, 0) << migrated.err;
  server.Start();
}

}  // namespace
}  // namespace hotline::tests
