// A log line is one line: for people on a terminal, one JSON object otherwise.
#include "platform/telemetry/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace hotline::platform {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kTime[] = "2026-03-03T01:12:00.000Z";

TEST(LogTest, WritesJsonInTheOrderGiven) {
  EXPECT_EQ(
      FormatLogLine(LogFormat::kJson, LogLevel::kWarning, kTime, "relay.failed",
                    {{"tries", std::int64_t{3}}, {"seconds", 0.5}, {"last", false}, {"topic", "hotline.calls.v1"}}),
      R"({"time":"2026-03-03T01:12:00.000Z","level":"warning","event":"relay.failed",)"
      R"("tries":3,"seconds":0.5,"last":false,"topic":"hotline.calls.v1"})");
}

TEST(LogTest, WritesForPeople) {
  EXPECT_EQ(
      FormatLogLine(LogFormat::kHuman, LogLevel::kInfo, kTime, "process.serving",
                    {{"address", "127.0.0.1:1"}, {"text", "two words"}, {"none", ""}, {"seconds", 0.25}}),
      "2026-03-03T01:12:00.000Z info    process.serving address=127.0.0.1:1 text=\"two words\" none=\"\" seconds=0.25");
}

TEST(LogTest, StaysOneLineOfValidJsonWhateverTheField) {
  const std::string line =
      FormatLogLine(LogFormat::kJson, LogLevel::kError, kTime, "e", {{"text", std::string{"a\nb\"c\xff\0d", 8}}});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  const std::string human = FormatLogLine(LogFormat::kHuman, LogLevel::kError, kTime, "e", {{"text", "a\nb"}});
  EXPECT_EQ(human.find('\n'), std::string::npos);
}

TEST(LogTest, DropsWhatIsBelowTheLevel) {
  testing::internal::CaptureStderr();
  SetLogLevel(LogLevel::kWarning);
  Log(LogLevel::kInfo, "quiet");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), IsEmpty());
  testing::internal::CaptureStderr();
  Log(LogLevel::kWarning, "loud");
  SetLogLevel(LogLevel::kInfo);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("loud"));
}

}  // namespace
}  // namespace hotline::platform
