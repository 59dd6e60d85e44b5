// Recorded calls as requests: what is wrong is named by line and field, what is right is the same on every reading.
#include "hotline/replay/call_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "files.h"

namespace hotline::replay {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

json Call() {
  return json::parse(R"({
    "id": "D001", "site": "yunzhou", "city": "云州市", "channel": "wechat", "started_at": "2026-03-03T09:12:00+08:00",
    "caller": {"phone": "13900000011", "tags": ["高龄"]},
    "history": [{"case_no": "YZ202602100001", "at": "2026-02-10T10:00:00+08:00", "summary": "楼顶漏水",
                 "state": "办结", "satisfaction": "不满意"}],
    "turns": [{"speaker": "agent", "at_ms": 0, "text": "您好"}, {"speaker": "caller", "at_ms": 5480, "text": "又漏水了"}],
    "expected": {"kinds": ["投诉"]}})");
}

class CallFileTest : public testing::Test {
 protected:
  absl::StatusOr<std::vector<RecordedCall>> ReadText(std::string_view text, const std::string& salt = "") {
    return ReadCallFile(files_.Write("calls.jsonl", text), salt);
  }
  RecordedCall ReadOne(const json& call, const std::string& salt = "") {
    const auto calls = ReadText(call.dump(), salt);
    if (!calls.ok() || calls->size() != 1) throw std::runtime_error{std::string{calls.status().message()}};
    return calls->front();
  }
  /// What is said against `call` when it stands on the third line.
  std::string Refusal(const json& call) {
    const absl::Status refused = ReadText(Call().dump() + "\n\n" + call.dump() + "\n").status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string{refused.message()}, HasSubstr("calls.jsonl, line 3: "));
    return std::string{refused.message()};
  }
  Files files_;
};

TEST_F(CallFileTest, BecomesTheRequestsThatADeskWouldSend) {
  const RecordedCall call = ReadOne(Call());
  EXPECT_EQ(call.id, "D001");
  EXPECT_EQ(call.open.site(), "yunzhou");
  EXPECT_EQ(call.open.channel(), common::v1::CHANNEL_WECHAT);
  EXPECT_EQ(call.open.started_at().seconds(), 1'772'500'320);
  EXPECT_EQ(call.open.contact().phone(), "13900000011");
  EXPECT_THAT(call.open.caller_tags(), ElementsAre("高龄"));
  ASSERT_THAT(call.turns, SizeIs(2));
  EXPECT_EQ(call.turns[1].turn(), 2);
  EXPECT_EQ(call.turns[1].speaker(), common::v1::SPEAKER_CALLER);
  EXPECT_EQ(call.turns[1].text(), "又漏水了");
  EXPECT_EQ(call.close.at_ms(), 5480);
  ASSERT_THAT(call.history, SizeIs(1));
  const auto& earlier = call.history[0].cases(0);
  EXPECT_EQ(earlier.case_no(), "YZ202602100001");
  EXPECT_EQ(earlier.satisfaction(), common::v1::RATING_DISSATISFIED);
  EXPECT_EQ(earlier.contact().phone(), "13900000011");
}

TEST_F(CallFileTest, WhatMayBeAbsentMayBeNullToo) {
  json bare = Call();
  for (const char* name : {"channel", "caller", "history", "expected", "city"}) bare.erase(name);
  const RecordedCall absent = ReadOne(bare);
  EXPECT_EQ(absent.open.channel(), common::v1::CHANNEL_PHONE);
  EXPECT_EQ(absent.phone, "");
  EXPECT_THAT(absent.history, IsEmpty());
  for (const char* name : {"channel", "caller", "history"}) bare[name] = nullptr;
  EXPECT_EQ(ReadOne(bare).open.channel(), common::v1::CHANNEL_PHONE);
  json unrated = Call();
  unrated["history"][0]["satisfaction"] = nullptr;
  EXPECT_EQ(ReadOne(unrated).history[0].cases(0).satisfaction(), common::v1::RATING_UNSPECIFIED);
}

TEST_F(CallFileTest, TheSameLineIsTheSameRequestsWhateverWasExpectedOfIt) {
  json other = Call();
  other.erase("expected");
  const std::string first = ReadOne(Call()).open.request_id();
  EXPECT_EQ(ReadOne(other).open.request_id(), first);
  EXPECT_NE(ReadOne(Call(), "again").open.request_id(), first);
  other["turns"][0]["text"] = "你好";
  EXPECT_NE(ReadOne(other).open.request_id(), first);
}

TEST_F(CallFileTest, NamesTheLineAndTheField) {
  struct Wrong {
    json::json_pointer at;
    json value;  ///< Null: the field is taken away.
    std::string named;
  };
  const std::vector<Wrong> all = {
      {"/id"_json_pointer, nullptr, "id is missing"},
      {"/site"_json_pointer, 7, "site is not"},
      {"/started_at"_json_pointer, "gestern", "started_at: "},
      {"/channel"_json_pointer, "fax", "fax"},
      {"/caller/phone"_json_pointer, 13900000011, "caller.phone is not"},
      {"/caller/tags"_json_pointer, json::array({1}), "caller.tags"},
      {"/history/0/case_no"_json_pointer, nullptr, "history[0].case_no is missing"},
      {"/history/0/at"_json_pointer, "2026-02-30T10:00:00+08:00", "history[0].at"},
      {"/turns"_json_pointer, json::array(), "turns is empty"},
      {"/turns/1/text"_json_pointer, nullptr, "turns[1].text is missing"},
      {"/turns/1/speaker"_json_pointer, "system", "turns[1].speaker"},
      {"/turns/0/at_ms"_json_pointer, "0", "turns[0].at_ms is not"},
      {"/turns/0"_json_pointer, "您好", "turns[0].speaker"},
  };
  for (const Wrong& wrong : all) {
    json call = Call();
    if (wrong.value.is_null()) {
      call[wrong.at.parent_pointer()].erase(wrong.at.back());
    } else {
      call[wrong.at] = wrong.value;
    }
    EXPECT_THAT(Refusal(call), HasSubstr(wrong.named)) << wrong.at;
  }
  EXPECT_THAT(Refusal(json::array({1})), HasSubstr("not a JSON object"));
}

TEST_F(CallFileTest, WhatIsNoJsonIsNamedByLine) {
  const absl::Status refused = ReadText(Call().dump() + "\n{\"id\": \n").status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string{refused.message()}, HasSubstr("line 2"));
  EXPECT_THAT(std::string{ReadText("{bad").status().message()},
              testing::AllOf(HasSubstr("line 1: parse error"), testing::Not(HasSubstr("exception"))));
}

TEST_F(CallFileTest, AnEmptyFileHoldsNoCallsAndAMissingOneIsNamed) {
  EXPECT_THAT(ReadText("\n").value(), IsEmpty());
  EXPECT_THAT(std::string{ReadCallFile(files_ / "nowhere.jsonl", "").status().message()}, HasSubstr("nowhere.jsonl"));
}

}  // namespace
}  // namespace hotline::replay
