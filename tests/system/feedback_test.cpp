// The loop of learning, as a person runs it: calls are replayed, a case is corrected and a warning judged, both come
// out as training rows, and the calls of the record are run over again and compared.
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/labelled_calls.h"
#include "support/server.h"

namespace hotline::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string Text(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Two calls: a labelled one that warns, and one whose case waits for a person to dispatch it.
std::filesystem::path TwoCalls(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "calls.jsonl";
  std::ofstream out{file};
  out << LabelledCall("D010") << "\n";
  // Nobody can tell whose matter this is: its case waits for a desk, which may correct it.
  out << R"({"id": "X001", "site": "yunzhou", "city": "云州市", "channel": "phone",)"
         R"( "started_at": "2026-03-25T11:00:00+08:00", "caller": {"phone": "13900000099", "tags": []}, "history": [],)"
         R"( "turns": [{"speaker": "agent", "at_ms": 0, "text": "您好，请讲。"},)"
         R"( {"speaker": "caller", "at_ms": 1500, "text": "有个事说来话长，也不晓得归哪个，你们派个人来看一眼嘛。"},)"
         R"( {"speaker": "agent", "at_ms": 9000, "text": "好的，我记下了。"}]})"
      << '\n';
  return file;
}

std::vector<json> Objects(const std::string& lines) {
  std::vector<json> objects;
  std::istringstream in{lines};
  for (std::string line; std::getline(in, line);) objects.push_back(json::parse(line));
  return objects;
}

class FeedbackCommandTest : public testing::Test {
 protected:
  void SetUp() override { server_.Start(); }

  CommandResult Run(std::vector<std::string> words) {
    words.insert(words.end(), {"--address", server_.address()});
    CommandResult result = RunHotline(words);
    EXPECT_EQ(result.status, 0) << words.front() << ": " << result.err;
    return result;
  }

  const TemporaryDirectory data_;
  Server server_{data_.path() / "data"};
};

TEST_F(FeedbackCommandTest, WhatPeoplePutRightBecomesRowsAndOldCallsAreRunAgain) {
  const std::vector<json> results = Objects(Run({"replay", TwoCalls(data_.path()).string()}).out);
  ASSERT_EQ(results.size(), 2U);
  const std::string case_no = results.back().at("cases").front().at("case_no");
  Run({"cases", "correct", case_no, "--kind", "建议", "--topic", "民政", "--departments", "民政局", "--reason",
       "分错了"});
  const std::vector<json> alerts = Objects(Run({"alerts", "list", "--json"}).out);
  ASSERT_FALSE(alerts.empty()) << "the first call warns";
  Run({"alerts", "judge", alerts.front().at("alert_id"), "right", "--note", "到位"});

  const json calibration = json::parse(Run({"alerts", "calibration", "--json"}).out);
  EXPECT_EQ(calibration.at("judged"), 1);
  EXPECT_EQ(calibration.at("right"), 1);
  for (const auto& [flag, day, judged] : {std::tuple{"--since", "2020-01-01", 1}, {"--until", "2020-01-01", 0}}) {
    const json of_span = json::parse(Run({"alerts", "calibration", "--json", flag, day}).out);
    EXPECT_EQ(of_span.at("judged"), judged) << "judged today, asked " << flag << ' ' << day;
  }
  EXPECT_THAT(RunHotline({"alerts", "calibration", "--since", "2999-01-01", "--address", server_.address()}).err,
              HasSubstr("since is in the future"));

  const std::filesystem::path rows = data_.path() / "rows";
  EXPECT_THAT(Run({"feedback", "export", "--out", rows.string()}).err,
              HasSubstr("1 corrected cases and 1 judged warnings"));
  EXPECT_THAT(Text(rows / "topics.tsv"), HasSubstr("\n民政\t"));
  EXPECT_THAT(Text(rows / "kinds.tsv"), HasSubstr("建议\tc\t"));
  EXPECT_THAT(Text(rows / "departments.tsv"), HasSubstr("民政局\t"));
  EXPECT_THAT(Text(rows / "verdicts.tsv"), HasSubstr("right\tred\t"));
  EXPECT_THAT(Text(rows / "caller_turns.tsv"), HasSubstr("group\t"));

  const json compared = json::parse(Run({"compare", "--json"}).out);
  EXPECT_EQ(compared.at("calls"), 2);
  EXPECT_EQ(compared.at("left_out"), 0);
  EXPECT_EQ(compared.at("warned_before"), compared.at("warned_after"));
  EXPECT_EQ(compared.at("red_after"), 1);
  EXPECT_EQ(compared.at("judged").at("right_kept"), 1);
  EXPECT_EQ(compared.at("judged").at("corrected_cases"), 1);
  EXPECT_EQ(compared.at("judged").at("corrected_met"), 0) << "the same program makes the same mistake";
  EXPECT_EQ(compared.at("parts").at("emotions").at("different"), 0);
  for (const char* part : {"kinds", "topics", "leads"}) {
    EXPECT_EQ(compared.at("parts").at(part).at("different"), 1) << part << ": the record holds what was put right";
  }
}

TEST_F(FeedbackCommandTest, ComparesTwoResultsWithoutAServer) {
  const std::filesystem::path before = data_.path() / "before.jsonl";
  const std::filesystem::path after = data_.path() / "after.jsonl";
  Run({"replay", TwoCalls(data_.path()).string(), "--out", before.string()});
  std::vector<json> changed = Objects(Text(before));
  changed.front().at("cases").front()["kind"] = "举报";
  std::ofstream{after} << changed.front().dump() << '\n' << changed.back().dump() << '\n';
  const CommandResult result = RunHotline({"compare", before.string(), after.string(), "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(json::parse(result.out).at("parts").at("kinds").at("different"), 1);
  EXPECT_EQ(RunHotline({"compare", before.string()}).status, 2) << "one file alone is wrong use";
}

}  // namespace
}  // namespace hotline::tests
