// `hotline deadletters` against the real program: what it says and how it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/server.h"

namespace hotline::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class DeadLettersCommandTest : public testing::Test {
 protected:
  void SetUp() override { server_.Start(); }
  CommandResult Run(std::vector<std::string> words) {
    words.insert(words.begin(), "deadletters");
    words.insert(words.end(), {"--address", server_.address()});
    return RunHotline(words);
  }

  const TemporaryDirectory data_;
  Server server_{data_.path() / "data"};
};

TEST_F(DeadLettersCommandTest, SaysThatThereAreNone) {
  CommandResult result = Run({"list"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, "no dead letters\n");
  result = Run({"list", "--json", "--service", "intake"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_EQ(Run({"redrive", "--all"}).status, 0);
}

TEST_F(DeadLettersCommandTest, AnUnknownLetterFailsAndTheOthersAreTried) {
  const CommandResult result = Run({"skip", "intake/7", "9", "--service", "knowledge"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("intake/7: NOT_FOUND"), HasSubstr("knowledge/9: NOT_FOUND"), HasSubstr("2 of 2 failed")));
}

TEST_F(DeadLettersCommandTest, WrongUseIsToldBeforeAnythingIsDone) {
  EXPECT_EQ(Run({"redrive"}).status, 2);
  EXPECT_EQ(Run({"redrive", "--all", "intake/1"}).status, 2);
  EXPECT_EQ(Run({"skip"}).status, 2);
  const CommandResult service = Run({"list", "--service", "kitchen"});
  EXPECT_EQ(service.status, 2);
  EXPECT_THAT(service.err, HasSubstr("intake, classification, escalation, knowledge, followup"));
  const CommandResult letter = Run({"redrive", "intake"});
  EXPECT_EQ(letter.status, 2);
  EXPECT_THAT(letter.err, HasSubstr("intake/12"));
}

}  // namespace
}  // namespace hotline::tests
