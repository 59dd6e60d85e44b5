// A server that knows no development actor: commands say who they are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "support/server.h"

namespace hotline::tests {
namespace {

using testing::HasSubstr;

class IdentityTest : public testing::Test {
 protected:
  void SetUp() override {
    setenv("HOTLINE_DEVELOPMENT_ACTOR", "false", 1);
    server_.Start();
  }
  void TearDown() override {
    for (const char* const name : {"HOTLINE_DEVELOPMENT_ACTOR", "HOTLINE_ACTOR", "HOTLINE_ROLE"}) unsetenv(name);
  }
  CommandResult Run(std::vector<std::string> words) {
    words.insert(words.end(), {"--address", server_.address()});
    return RunHotline(words);
  }

  const TemporaryDirectory data_;
  Server server_{data_.path() / "data"};
};

TEST_F(IdentityTest, ACommandActsAsTheFlagsSay) {
  EXPECT_THAT(Run({"cases", "list"}).err, HasSubstr("UNAUTHENTICATED"));
  const CommandResult named = Run({"cases", "list", "--actor", "lin", "--role", "supervisor"});
  EXPECT_EQ(named.status, 0) << named.err;
  const CommandResult refused = Run({"deadletters", "list", "--actor", "lin", "--role", "agent"});
  EXPECT_NE(refused.status, 0);
  EXPECT_THAT(refused.err, HasSubstr("PERMISSION_DENIED"));
}

TEST_F(IdentityTest, ACommandActsAsTheEnvironmentSays) {
  setenv("HOTLINE_ACTOR", "lin", 1);
  setenv("HOTLINE_ROLE", "supervisor", 1);
  const CommandResult named = Run({"deadletters", "list"});
  EXPECT_EQ(named.status, 0) << named.err;
}

TEST_F(IdentityTest, HalfAnIdentityIsWrongUse) {
  EXPECT_EQ(Run({"cases", "list", "--actor", "lin"}).status, 2);
  const CommandResult role = Run({"cases", "list", "--actor", "lin", "--role", "chef"});
  EXPECT_EQ(role.status, 2);
  EXPECT_THAT(role.err, HasSubstr("director"));
}

}  // namespace
}  // namespace hotline::tests
