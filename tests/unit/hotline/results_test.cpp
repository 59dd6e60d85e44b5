// The line of results for a call: every key always there, null only where it may be.
#include "hotline/replay/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::replay {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;

std::vector<std::string> Keys(const ordered_json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

/// A call of an agent's turn and a caller's.
RecordedCall TwoTurns() {
  RecordedCall call;
  call.id = "D001";
  for (const auto speaker : {common::v1::SPEAKER_AGENT, common::v1::SPEAKER_CALLER}) {
    intake::v1::Turn& turn = call.turns.emplace_back();
    turn.set_turn(static_cast<int>(call.turns.size()));
    turn.set_speaker(speaker);
  }
  return call;
}

intake::v1::WatchCallResponse Risk(int turn, common::v1::RiskLevel level, bool preliminary = false) {
  intake::v1::WatchCallResponse entry;
  entry.mutable_risk()->set_turn(turn);
  entry.mutable_risk()->set_level(level);
  entry.mutable_risk()->set_preliminary(preliminary);
  return entry;
}

TEST(ResultsTest, EveryKeyIsThereEvenWhenNothingWasSaidOfTheCall) {
  const ordered_json line = ToJson(TwoTurns(), {.call_id = "01X", .entries = {}});
  EXPECT_THAT(Keys(line), ElementsAre("id", "call_id", "model", "degraded_turns", "turns", "warned_at", "red_at",
                                      "cases", "conduct", "answers"));
  EXPECT_EQ(line["degraded_turns"], 0);
  EXPECT_TRUE(line["warned_at"].is_null());
  EXPECT_TRUE(line["red_at"].is_null());
  EXPECT_TRUE(line["model"].is_string());
  for (const char* list : {"cases", "answers"}) EXPECT_EQ(line[list], ordered_json::array());
  EXPECT_THAT(Keys(line["conduct"]), ElementsAre("restated", "soothe_first", "findings"));
  EXPECT_EQ(line["conduct"]["restated"], false);
  EXPECT_TRUE(line["conduct"]["soothe_first"].is_null());
  ASSERT_EQ(line["turns"].size(), 2U) << "every turn has its entry";
  for (const ordered_json& turn : line["turns"]) {
    EXPECT_THAT(Keys(turn), ElementsAre("turn", "emotion", "emotion_confidence", "risk", "level", "reasons", "advice"));
    EXPECT_TRUE(turn["emotion"].is_null());
    EXPECT_EQ(turn["risk"], 0.0);
    EXPECT_EQ(turn["level"], "green");
    EXPECT_EQ(turn["reasons"], ordered_json::array());
    EXPECT_THAT(Keys(turn["advice"]), ElementsAre("phrase", "article_id", "note"));
    for (const ordered_json& advice : turn["advice"]) EXPECT_TRUE(advice.is_null());
  }
}

TEST(ResultsTest, ACaseHasEveryKeyBeforeAnythingIsKnownOfIt) {
  PlayedCall played;
  played.entries.emplace_back().mutable_settled()->add_cases()->set_case_no("YZ1");
  const ordered_json line = ToJson(TwoTurns(), played);
  const ordered_json& filed = line["cases"][0];
  for (const char* text : {"case_no", "kind", "topic", "state"}) EXPECT_TRUE(filed.at(text).is_string()) << text;
  for (const char* list : {"topics", "departments", "intents"}) EXPECT_TRUE(filed.at(list).is_array()) << list;
  EXPECT_TRUE(filed.at("due_at").is_null());
  for (const char* slot : {"address", "when", "who"}) EXPECT_TRUE(filed.at("slots").at(slot).is_null()) << slot;
}

TEST(ResultsTest, TellsWhatWasSaidInTheFieldsWords) {
  PlayedCall played{.call_id = "01X", .entries = {}};
  auto& understood = *played.entries.emplace_back().mutable_understood();
  understood.set_turn(2);
  understood.set_emotion(common::v1::EMOTION_ANGRY);
  understood.set_emotion_confidence(0.75);
  understood.set_model("linear-1");
  auto risk = Risk(2, common::v1::RISK_LEVEL_ORANGE);
  risk.mutable_risk()->set_risk(0.8);
  risk.mutable_risk()->set_degraded(true);
  auto& reason = *risk.mutable_risk()->add_reasons();
  reason.set_code("REPEATED");
  reason.set_words("第三次了");
  reason.set_turn(2);
  played.entries.push_back(risk);
  auto& advice = *played.entries.emplace_back().mutable_advice();
  advice.set_turn(2);
  advice.mutable_phrase()->set_text("让您久等了");
  advice.mutable_answer()->set_question("多久修好？");
  advice.mutable_answer()->set_article_id("P1");
  advice.mutable_answer()->set_document_number("云政规〔2025〕3号");
  auto& conduct = *played.entries.emplace_back().mutable_reviewed()->mutable_conduct();
  conduct.set_restated(true);
  conduct.set_soothe_first(false);
  auto& filed = *played.entries.emplace_back().mutable_settled()->add_cases();
  filed.set_kind(common::v1::CASE_KIND_COMPLAINT);
  filed.set_state(common::v1::CASE_STATE_DISPATCHED);
  filed.add_intents(common::v1::INTENT_SOLUTION);
  filed.mutable_due_at()->set_seconds(1'772'500'000);
  filed.mutable_slots()->mutable_where()->set_words("锦绣花园");

  const ordered_json line = ToJson(TwoTurns(), played);
  const ordered_json& turn = line["turns"][1];
  EXPECT_EQ(turn["emotion"], "愤怒");
  EXPECT_EQ(turn["emotion_confidence"], 0.75);
  EXPECT_EQ(turn["level"], "orange");
  EXPECT_EQ(turn["reasons"], ordered_json::parse(R"([{"code": "REPEATED", "evidence": "第三次了", "turn": 2}])"));
  EXPECT_EQ(turn["advice"], ordered_json::parse(R"({"phrase": "让您久等了", "article_id": "P1", "note": null})"));
  EXPECT_TRUE(line["turns"][0]["emotion"].is_null()) << "the agent's";
  EXPECT_EQ(line["model"], "linear-1");
  EXPECT_EQ(line["degraded_turns"], 1);
  EXPECT_EQ(line["conduct"]["soothe_first"], false);
  EXPECT_THAT(Keys(line["answers"][0]),
              ElementsAre("turn", "question", "article_id", "document_number", "clause", "effective_from", "text"));
  const ordered_json& one = line["cases"][0];
  EXPECT_EQ(one["kind"], "投诉");
  EXPECT_EQ(one["state"], "已派遣");
  EXPECT_EQ(one["intents"], ordered_json::array({"求解决"}));
  EXPECT_EQ(one["due_at"], "2026-03-03T09:06:40+08:00");
  EXPECT_EQ(one["slots"]["address"], "锦绣花园");
  EXPECT_THAT(line.dump(), testing::HasSubstr("让您久等了")) << "not escaped";
}

TEST(ResultsTest, AWarningCountsFromWhenItWasFirstGiven) {
  PlayedCall played;
  played.entries = {Risk(1, common::v1::RISK_LEVEL_RED, true), Risk(1, common::v1::RISK_LEVEL_YELLOW),
                    Risk(2, common::v1::RISK_LEVEL_ORANGE)};
  const ordered_json line = ToJson(TwoTurns(), played);
  EXPECT_EQ(line["turns"][0]["level"], "red") << "a hard rule spoke before the model";
  EXPECT_EQ(line["warned_at"], 1);
  EXPECT_EQ(line["red_at"], 1);
}

TEST(ResultsTest, WarnedComesBeforeRed) {
  PlayedCall played;
  played.entries = {Risk(1, common::v1::RISK_LEVEL_ORANGE), Risk(2, common::v1::RISK_LEVEL_RED)};
  const ordered_json line = ToJson(TwoTurns(), played);
  EXPECT_EQ(line["warned_at"], 1);
  EXPECT_EQ(line["red_at"], 2);
}

}  // namespace
}  // namespace hotline::replay
