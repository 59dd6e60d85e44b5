// How a call goes: the network says what training computed, of whole calls only, and the risk minds it.
#include "escalation/domain/call_course.h"

#include <fstream>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "escalation/adapters/messages.h"
#include "escalation/domain/embedded_data.h"
#include "escalation/domain/suggestion.h"
#include "language/model_file.h"
#include "language/models.h"
#include "spoken.h"

namespace hotline::escalation {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

/// A call and what training/train_course computed of it, without this program.
json Golden() { return json::parse(std::ifstream{language::ModelDirectory() / "call_course_golden.json"}); }

std::vector<HeardTurn> GoldenCall() {
  std::vector<HeardTurn> turns;
  for (const json& one : Golden()) {
    HeardTurn heard;
    heard.turn = {.number = static_cast<int>(turns.size()) + 1,
                  .speaker = one.at("speaker") == "agent" ? Speaker::kAgent : Speaker::kCaller,
                  .said_at = {},
                  .text = one.at("text")};
    if (one.contains("course")) {
      heard.reading = TurnReading{.emotion = Emotion::kCalm, .confidence = .9, .emotions = {}, .model = "m"};
      heard.reading->course = TurnCourse{.model = CallCourse::Get().version(), .values = one.at("course")};
    }
    turns.push_back(std::move(heard));
  }
  return turns;
}

/// One number a turn and one that is kept: h' = (1 - z) * tanh(2x) + z * h with z = sigmoid(0) = 1/2; log-odds 4h - 1,
/// and of red 1/2 - 2h.
json SmallNetwork() {
  return {{"of_turn", {{0.}, {0.}, {2.}}},
          {"of_past", {{0.}, {0.}, {0.}}},
          {"bias_of_turn", {0., 0., 0.}},
          {"bias_of_past", {0., 0., 0.}},
          {"warn", {4.}},
          {"warn_bias", -1.},
          {"red", {-2.}},
          {"red_bias", .5}};
}

json Small(const json& network = SmallNetwork()) {
  return {{"version", "small"}, {"networks", json::array({network})}};
}

std::vector<HeardTurn> Heard(std::initializer_list<float> values) {
  std::vector<HeardTurn> turns;
  for (const float value : values) {
    for (const Speaker speaker : {Speaker::kAgent, Speaker::kCaller}) {
      HeardTurn heard;
      heard.turn.number = static_cast<int>(turns.size()) + 1;
      heard.turn.speaker = speaker;
      if (speaker == Speaker::kCaller) heard.reading = TurnReading{.emotions = {}, .model = {}};
      if (speaker == Speaker::kCaller) heard.reading->course = TurnCourse{.model = "small", .values = {value}};
      turns.push_back(std::move(heard));
    }
  }
  return turns;
}

TEST(CallCourseTest, SaysWhatTrainingComputes) {
  const std::vector<HeardTurn> turns = GoldenCall();
  const json golden = Golden();
  int callers = 0;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    if (!golden[i].contains("warn")) continue;
    const auto heard = CallCourse::Get().Hear(std::span{turns}.first(i + 1));
    ASSERT_TRUE(heard);
    EXPECT_NEAR(heard->warn.log_odds, golden[i].at("warn").get<double>(), 1e-3) << "turn " << i + 1;
    EXPECT_NEAR(heard->red.log_odds, golden[i].at("red").get<double>(), 1e-3) << "turn " << i + 1;
    ++callers;
  }
  EXPECT_EQ(callers, 3);
}

TEST(CallCourseTest, IsOfTheModelThatShipsWithIt) {
  const auto bytes = language::ReadModelFile(language::ModelDirectory() / "call_course.model");
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const auto header = language::ModelReader{*bytes}.Header("HLDM0001");
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->at("version"), CallCourse::Get().version()) << "else no call would be heard";
}

TEST(CallCourseTest, KeepsWhatWasSaidAndNamesTheTurnThatRaisedItMost) {
  const CallCourse course{Small().dump()};
  const std::vector<HeardTurn> turns = Heard({-1, 1, .1F});
  const double first = -.5 * std::tanh(2.);
  const double second = (first + std::tanh(2.)) / 2;
  const double third = (second + std::tanh(.2)) / 2;
  const auto after = [&](std::size_t count) { return course.Hear(std::span{turns}.first(count)); };
  EXPECT_FALSE(after(1)) << "nobody has called yet";
  EXPECT_NEAR(after(2)->warn.log_odds, 4 * first - 1, 1e-5);
  EXPECT_EQ(after(2)->warn.turn->number, 2) << "the only one there is";
  EXPECT_NEAR(after(4)->warn.log_odds, 4 * second - 1, 1e-5);
  EXPECT_EQ(after(4)->warn.turn->number, 4);
  EXPECT_NEAR(after(4)->red.log_odds, .5 - 2 * second, 1e-5);
  EXPECT_EQ(after(4)->red.turn->number, 2);
  EXPECT_EQ(after(5)->warn.log_odds, after(4)->warn.log_odds) << "an agent's turn says nothing of its own";
  EXPECT_NEAR(after(6)->warn.log_odds, 4 * third - 1, 1e-5);
  EXPECT_EQ(after(6)->warn.turn->number, 4);
}

TEST(CallCourseTest, SeveralNetworksSayTheirMean) {
  json other = SmallNetwork();
  other["warn"] = {8.};
  json both = Small();
  both["networks"].push_back(other);
  const std::vector<HeardTurn> turns = Heard({1});
  const double past = .5 * std::tanh(2.);
  EXPECT_NEAR(CallCourse{both.dump()}.Hear(turns)->warn.log_odds, 6 * past - 1, 1e-5);
}

TEST(CallCourseTest, HalfACallOrOneOfAnotherModelIsNotGuessedAt) {
  const CallCourse course{Small().dump()};
  const std::vector<HeardTurn> whole = Heard({1, 1});
  ASSERT_TRUE(course.Hear(whole));
  std::vector<HeardTurn> turns = whole;
  turns[1].reading->course.reset();
  EXPECT_FALSE(course.Hear(turns)) << "the encoder had no time for one turn";
  turns[1].reading.reset();
  EXPECT_FALSE(course.Hear(turns)) << "its reading has not come";
  turns = whole;
  turns[1].reading->course->model = "another";
  EXPECT_FALSE(course.Hear(turns)) << "a classification of another version";
  turns = whole;
  turns[1].reading->course->values.push_back(0);
  EXPECT_FALSE(course.Hear(turns)) << "more numbers than the model has";
}

TEST(CallCourseTest, ABadFileIsRefusedByTheNameOfWhatIsWrong) {
  const auto refused = [](const json& file, const std::string& naming) {
    EXPECT_THAT([&] { CallCourse{file.dump()}; }, ThrowsMessage<std::invalid_argument>(HasSubstr(naming)));
  };
  for (const char* key : {"version", "networks"}) {
    json file = Small();
    file.erase(key);
    refused(file, key);
    file[key] = json::object();
    refused(file, key);
  }
  refused({{"version", "small"}, {"networks", json::array()}}, "networks");
  const json small = SmallNetwork();
  for (const auto& [key, value] : small.items()) {
    json network = small;
    network.erase(key);
    refused(Small(network), key);
    network[key] = json::object();
    refused(Small(network), key);
  }
  for (const char* key : {"of_turn", "of_past", "bias_of_turn", "bias_of_past"}) {
    json network = small;
    network[key].push_back(network[key].back());
    refused(Small(network), key);
    network[key] = small[key];
    if (network[key].back().is_array()) {
      network[key].back().push_back(0.);
      refused(Small(network), key);
    }
  }
  json network = small;
  network["warn"] = json::array();
  refused(Small(network), "warn");
  network = small;
  network["red"] = {1., 2.};
  refused(Small(network), "red");
  EXPECT_THROW(CallCourse{"not json"}, std::invalid_argument);
}

TEST(CallCourseTest, ComesAndStaysWithTheReadingOfItsTurn) {
  TurnReading reading{.emotion = Emotion::kSad, .confidence = .9, .emotions = {}, .model = "m"};
  EXPECT_FALSE(ReadingFrom(ToMessage(reading))->course) << "an older classification sends none";
  reading.course = TurnCourse{.model = "course-1", .values = {.25F, -1}};
  const auto back = ReadingFrom(ToMessage(reading));
  ASSERT_TRUE(back && back->course);
  EXPECT_EQ(back->course->model, "course-1");
  EXPECT_EQ(back->course->values, reading.course->values);
}

/// The golden call without what tells of its course, or with that of another call.
std::vector<HeardTurn> GoldenCall(const std::optional<TurnCourse>& course) {
  std::vector<HeardTurn> turns = GoldenCall();
  for (HeardTurn& heard : turns)
    if (heard.reading) heard.reading->course = course;
  return turns;
}

/// Numbers of a turn by which the course hears of trouble (or calm), turn after turn.
TurnCourse Sounding(bool troubled) {
  TurnCourse course{.model = CallCourse::Get().version(), .values = Golden().back().at("course")};
  if (!troubled)
    for (float& value : course.values) value = -value;
  return course;
}

TEST(CourseOfCallTest, WarnsOfWhatNoSingleTurnTellsAndSaysWhichTurn) {
  const TurnRisk risk = Assess(GoldenCall()).back();
  EXPECT_GT(risk.risk, Assess(GoldenCall(std::nullopt)).back().risk);
  ASSERT_THAT(risk.reasons, Contains(Field(&Evidence::code, "COURSE_OF_CALL")));
  for (const Evidence& reason : risk.reasons) {
    if (reason.code == "COURSE_OF_CALL") {
      EXPECT_EQ(reason.words, GoldenCall()[reason.turn - 1U].turn.text);
    }
  }
  EXPECT_THAT(Assess(GoldenCall(std::nullopt)).back().reasons, Not(Contains(Field(&Evidence::code, "COURSE_OF_CALL"))));
}

TEST(CourseOfCallTest, ACallThatGoesCalmlyIsHeldCalmer) {
  ASSERT_LT(CallCourse::Get().Hear(GoldenCall(Sounding(false)))->warn.log_odds, 0);
  EXPECT_LT(Assess(GoldenCall(Sounding(false))).back().risk, Assess(GoldenCall(std::nullopt)).back().risk);
}

TEST(CourseOfCallTest, ALetterHasNone) {
  const CallOpening letter{.message = true};
  std::vector<HeardTurn> turns = GoldenCall(Sounding(true));
  turns = {turns.back()};
  const double with = Assess(turns, letter).back().risk;
  turns.back().reading->course.reset();
  EXPECT_EQ(with, Assess(turns, letter).back().risk);
}

TEST(CourseOfCallTest, OfTroubleMakesNothingRedAndTakesNoRuleBack) {
  for (const TurnRisk& risk : Assess(GoldenCall(Sounding(true)))) EXPECT_LT(risk.level, RiskLevel::kRed);
  std::vector<HeardTurn> turns = GoldenCall(Sounding(false));
  turns.back().turn.text = "我不想活了，药都准备好了。";
  EXPECT_EQ(Assess(turns).back().level, RiskLevel::kRed);
}

TEST(CourseOfCallTest, MakesAWarningRedWhereItIsSureOfWhatRedIsFor) {
  RiskWeights weights = RiskWeights::Parse(embedded::risk_weights);
  const std::vector<HeardTurn> turns = GoldenCall(Sounding(true));
  const double sure = CallCourse::Get().Hear(turns)->red.log_odds;
  const auto now = [&] { return RiskModel{weights}.Assess({}, turns, {}); };
  weights.course_red = sure + .1;
  ASSERT_EQ(now().level, RiskLevel::kOrange);
  weights.course_red = sure - .1;
  EXPECT_EQ(now().level, RiskLevel::kRed);
  ASSERT_FALSE(now().reasons.empty());
  EXPECT_EQ(now().reasons.front().code, "COURSE_OF_DANGER");
  EXPECT_THAT(Suggestion(now()), HasSubstr("先问清有没有人身危险"));
  weights.course = 0;
  weights.course_bias = -9;
  EXPECT_EQ(now().level, RiskLevel::kGreen) << "nothing else tells of trouble";
}

}  // namespace
}  // namespace hotline::escalation
