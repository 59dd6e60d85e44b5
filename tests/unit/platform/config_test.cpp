// Settings come from four places, the nearest wins, and whatever is wrong is named with where it stands.
#include "platform/config/config.h"

#include <filesystem>
#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::platform {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ConfigTest : public testing::Test {
 protected:
  ~ConfigTest() override { std::filesystem::remove(file_); }

  std::filesystem::path File(const std::string& text) const {
    std::ofstream{file_} << text;
    return file_;
  }
  static std::string Problems(const absl::StatusOr<Config>& config) { return std::string{config.status().message()}; }

  const std::filesystem::path file_ =
      std::filesystem::path{testing::TempDir()} / ("config_" + std::to_string(std::random_device{}()));
};

TEST_F(ConfigTest, HasGoodDefaults) {
  const auto config = Config::Load({}, {}, {});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->Text("listen"), "127.0.0.1:50345");
  EXPECT_EQ(config->Text("store"), "sqlite");
  EXPECT_EQ(config->Integer("worker_threads"), 8);
  EXPECT_EQ(config->Duration("stop_grace"), std::chrono::seconds{10});
  EXPECT_TRUE(config->Boolean("development_actor"));
}

TEST_F(ConfigTest, EveryDefaultIsAValueOfItsKind) {
  for (const Setting& setting : Config::Known()) {
    EXPECT_TRUE(Config::Load({}, {}, {{std::string{setting.name}, std::string{setting.default_value}}}).ok())
        << setting.name;
    EXPECT_FALSE(setting.help.empty()) << setting.name;
  }
}

TEST_F(ConfigTest, TheNearestSourceWins) {
  const auto file = File("# a comment\n\n listen = file:1\nworker_threads=2\nlog_level = debug\n");
  const auto config =
      Config::Load(file, {{"HOTLINE_WORKER_THREADS", "3"}, {"HOTLINE_LOG_LEVEL", "error"}}, {{"log_level", "warning"}});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->Text("listen"), "file:1");
  EXPECT_EQ(config->Integer("worker_threads"), 3);
  EXPECT_EQ(config->Text("log_level"), "warning");
}

TEST_F(ConfigTest, SuggestsTheNearestNameForAnUnknownOne) {
  EXPECT_THAT(Problems(Config::Load(File("worker_thread = 3\n"), {}, {})),
              testing::AllOf(HasSubstr(file_.string() + ":1"), HasSubstr("did you mean \"worker_threads\"?")));
  EXPECT_THAT(Problems(Config::Load({}, {{"HOTLINE_LISTN", "x"}}, {})),
              testing::AllOf(HasSubstr("HOTLINE_LISTN"), HasSubstr("\"listen\"")));
}

TEST_F(ConfigTest, NamesEveryBadValueAndItsSourceAtOnce) {
  const auto config = Config::Load(File("worker_threads = many\nno equals sign\n"), {{"HOTLINE_DEMO", "perhaps"}},
                                   {{"stop_grace", "10"}, {"log_format", "xml"}});
  EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Problems(config), file_.string() + ":1: worker_threads: \"many\" is not a whole number\n" +  //
                                  file_.string() +
                                  ":2: is not of the form name = value\n"
                                  "HOTLINE_DEMO: demo: \"perhaps\" is neither true nor false\n"
                                  "--log-format: log_format: \"xml\" is not one of auto|human|json\n"
                                  "--stop-grace: stop_grace: \"10\" is not a duration such as 250ms, 30s, 5m or 24h");
}

TEST_F(ConfigTest, LeavesTheRestOfTheEnvironmentAlone) {
  EXPECT_TRUE(Config::Load({},
                           {{"PATH", "/bin"},
                            {"HOTLINE_ADDRESS", "127.0.0.1:1"},
                            {"HOTLINE_ACTOR", "lin"},
                            {"HOTLINE_ROLE", "agent"},
                            {"HOTLINE_CONFIG", "f"}},
                           {})
                  .ok());
}

TEST_F(ConfigTest, SaysThatTheFileIsNotThere) {
  const auto config = Config::Load("/nowhere/hotline.conf", {}, {});
  EXPECT_EQ(config.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Problems(config), HasSubstr("/nowhere/hotline.conf"));
}

TEST_F(ConfigTest, ReadsDurationsAndLists) {
  const auto config =
      Config::Load({}, {}, {{"stop_grace", "250ms"}, {"drain", "5m"}, {"trust_call_time", " a, b ,,c"}});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->Duration("stop_grace"), std::chrono::milliseconds{250});
  EXPECT_EQ(config->Duration("drain"), std::chrono::minutes{5});
  EXPECT_THAT(config->List("trust_call_time"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Config::Load({}, {}, {{"trust_call_time", ""}})->List("trust_call_time"), IsEmpty());
}

TEST_F(ConfigTest, AskingForAnotherKindIsABug) {
  const auto config = Config::Load({}, {}, {});
  EXPECT_THROW((void)config->Text("worker_threads"), std::logic_error);
  EXPECT_THROW((void)config->Integer("no_such_setting"), std::logic_error);
}

TEST_F(ConfigTest, DescribesItselfAsAFileThatMakesTheSame) {
  const auto config = Config::Load({}, {{"HOTLINE_LISTEN", "127.0.0.1:1"}}, {{"worker_threads", "5"}});
  ASSERT_TRUE(config.ok());
  const std::string text = config->Describe();
  EXPECT_THAT(text, HasSubstr("# from HOTLINE_LISTEN\nlisten = 127.0.0.1:1\n"));
  EXPECT_THAT(text, HasSubstr("# from --worker-threads\nworker_threads = 5\n"));
  const auto again = Config::Load(File(text), {}, {});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->Integer("worker_threads"), 5);
  EXPECT_EQ(again->Text("listen"), "127.0.0.1:1");
}

}  // namespace
}  // namespace hotline::platform
