// The director's summary, as a person runs it after a day of calls.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/labelled_calls.h"
#include "support/server.h"

namespace hotline::tests {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

/// A labelled call that warns, and one that asks what no article answers.
std::filesystem::path Day(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "calls.jsonl";
  std::ofstream out{file};
  out << LabelledCall("D010") << "\n";
  out << R"({"id": "X001", "site": "yunzhou", "city": "云州市", "channel": "phone",)"
         R"( "started_at": "2026-03-25T11:00:00+08:00", "caller": {"phone": "13900000099", "tags": []}, "history": [],)"
         R"( "turns": [{"speaker": "agent", "at_ms": 0, "text": "您好，请讲。"},)"
         R"( {"speaker": "caller", "at_ms": 1500, "text": "你好，我妈今年满八十了，高龄津贴怎么申请？"},)"
         R"( {"speaker": "agent", "at_ms": 9000, "text": "您要问高龄津贴，我查一下。"},)"
         R"( {"speaker": "caller", "at_ms": 15000, "text": "高龄津贴一个月有多少钱？"},)"
         R"( {"speaker": "agent", "at_ms": 22000, "text": "我记下了，请民政局答复您。"}]})"
      << '\n';
  return file;
}

TEST(ReportCommandTest, TellsWhatADayBroughtAndWhatIsMissing) {
  const TemporaryDirectory data;
  Server server{data.path() / "data"};
  server.Start();
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--address", server.address()});
    const CommandResult result = RunHotline(words);
    EXPECT_EQ(result.status, 0) << words.front() << ": " << result.err;
    return result.out;
  };
  const std::string before = run({"report"});
  EXPECT_THAT(before, AllOf(HasSubstr("来电来信 0 件"), HasSubstr("预警 0 条"), HasSubstr("没有现行答案的问题：无"),
                            HasSubstr("已复盘通话 0 件"), HasSubstr("待回访 0 件")));

  const std::string replayed = run({"replay", Day(data.path()).string()});
  const std::string report = run({"report"});
  EXPECT_THAT(report, HasSubstr("■ 来电来信 2 件"));
  EXPECT_THAT(report, HasSubstr("■ 预警 1 条"));
  EXPECT_THAT(report, ContainsRegex("红 +.*第[0-9]+轮"));
  EXPECT_THAT(report, HasSubstr("■ 没有现行答案的问题 2 次，涉及 1 项"));
  EXPECT_THAT(report, ContainsRegex("2 +云州市 +高龄津贴[^ ]* +我妈今年满八十了，高龄津贴怎么申请？"));
  EXPECT_THAT(run({"report", "--site", "hailan"}),
              AllOf(HasSubstr("来电来信 1 件"), HasSubstr("预警 1 条"), HasSubstr("没有现行答案的问题：无")));
  EXPECT_THAT(run({"report", "--site", "yunzhou"}),
              AllOf(HasSubstr("来电来信 1 件"), HasSubstr("预警 0 条"), HasSubstr("没有现行答案的问题 2 次")));

  EXPECT_THAT(report, AllOf(HasSubstr("已复盘通话 2 件"), ContainsRegex("hailan +1 件：复述诉求")));
  const json summary = json::parse(run({"conduct", "summary", "--site", "yunzhou", "--since", "2026-03-25", "--json"}));
  ASSERT_EQ(summary.at("sites").size(), 1U);
  EXPECT_EQ(summary.at("sites")[0].at("calls"), 1);
  EXPECT_EQ(summary.at("before"), json::array()) << "of the span before there is no call";
  EXPECT_THAT(run({"conduct", "summary", "--until", "2020-01-01"}), HasSubstr("没有已复盘的通话"));
  const json call = json::parse(replayed.substr(0, replayed.find('\n')));
  const json shown = json::parse(run({"conduct", "show", call.at("call_id"), "--json"}));
  EXPECT_EQ(shown, call.at("conduct")) << "the agent reads what the replay printed";
  EXPECT_THAT(run({"conduct", "show", call.at("call_id")}), HasSubstr("复述诉求"));
}

}  // namespace
}  // namespace hotline::tests
