// Runs labelled calls through the domain alone, without a server, and writes what `hotline replay` would, as far as
// classification knows it: classification_evaluate CALLS.jsonl > R.jsonl, then score.py calls CALLS.jsonl R.jsonl.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "classification/adapters/trained_heads.h"
#include "classification/domain/reader.h"
#include "classification/domain/slots.h"
#include "platform/time.h"

namespace hotline::classification {
namespace {

using nlohmann::json;

json CaseJson(const UnderstoodCase& understood) {
  json topics = json::array();
  for (const auto& topic : understood.topics) topics.push_back(topic.label);
  json intents = json::array();
  for (const Intent intent : understood.intents) intents.push_back(language::Name(intent));
  json slots = {{"address", nullptr}, {"when", nullptr}, {"who", nullptr}};
  for (const FoundSlot& slot : understood.slots) {
    if (slot.name == SlotName::kWhere) slots["address"] = slot.words;
    if (slot.name == SlotName::kWhen) slots["when"] = slot.words;
    if (slot.name == SlotName::kWho) slots["who"] = slot.words;
  }
  return {{"kind", language::Name(understood.kind)},
          {"topic", understood.topics.empty() ? json() : json(understood.topics.front().label)},
          {"topics", topics},
          {"departments", understood.departments},
          {"intents", intents},
          {"slots", slots},
          {"title", understood.title},
          {"question", understood.question},
          {"matter", understood.matter},
          {"emergency_number", understood.emergency_number},
          {"legal_route", understood.legal_route},
          {"answered_in_call", understood.answered_in_call},
          {"hot_issue", understood.hot_issue}};
}

json ConcernJson(const std::optional<ConcernVoice>& concern) {
  if (!concern) return {};
  json scores = json::object();
  for (const auto& [name, score] : concern->scores) scores[name] = score;
  return {{"scores", scores}, {"linear", concern->linear}};
}

json CourseJson(const std::optional<TurnCourse>& course) {
  if (!course) return {};
  return {{"model", course->model}, {"values", course->values}};
}

json ProbabilitiesJson(const std::vector<Scored<std::string>>& labels) {
  json probabilities = json::object();
  for (const auto& label : labels) probabilities[label.label] = label.probability;
  return probabilities;
}

/// One object a sentence; escalation_evaluate reads it.
json ActsJson(const std::vector<SentenceActs>& sentences) {
  json all = json::array();
  for (const SentenceActs& sentence : sentences)
    all.push_back({{"acts", ProbabilitiesJson(sentence.acts)}, {"faults", ProbabilitiesJson(sentence.faults)}});
  return all;
}

/// "kinds": what the linear head says alone.
json Evaluate(const Reader& reader, const KindReader& kinds, const json& call) {
  CallOpening opening{.call_id = call.at("id"),
                      .site = call.at("site"),
                      .region = call.at("city"),
                      .started_at = platform::ParseTime(call.at("started_at").get<std::string>()).value()};
  if (const auto tags = call.at("caller").find("tags"); tags != call.at("caller").end()) opening.caller_tags = *tags;
  std::vector<Turn> turns;
  std::vector<CallerReading> readings;
  json out_turns = json::array();
  for (const json& said : call.at("turns")) {
    Turn turn{.number = static_cast<int>(turns.size()) + 1,
              .speaker = said.at("speaker") == "agent" ? Speaker::kAgent : Speaker::kCaller,
              .text = said.at("text"),
              .said_at = opening.started_at + std::chrono::milliseconds{said.at("at_ms").get<std::int64_t>()}};
    const TurnUnderstanding read = reader.ReadTurn(opening, turns, turn);
    if (turn.speaker == Speaker::kCaller) readings.push_back(ReadingOf(read));
    out_turns.push_back({{"turn", turn.number},
                         {"emotions", read.emotions},
                         {"emotion", read.emotion ? json(language::Name(*read.emotion)) : json()},
                         {"emotion_confidence", read.emotion_confidence},
                         {"concern", ConcernJson(read.concern)},
                         {"satisfaction", read.satisfaction},
                         {"course", CourseJson(read.course)},
                         {"acts", ActsJson(read.acts)},
                         {"risk", 0},
                         {"level", "green"},
                         {"open_question", read.open_question}});
    turns.push_back(std::move(turn));
  }
  const CallUnderstanding understood = reader.ReadCall(opening, turns, readings, std::nullopt);
  json cases = json::array();
  for (const UnderstoodCase& item : understood.cases) cases.push_back(CaseJson(item));
  return {{"id", call.at("id")},
          {"turns", out_turns},
          {"cases", cases},
          {"kinds", kinds.Read(turns).first},
          {"warned_at", nullptr},
          {"red_at", nullptr},
          {"soothed", understood.soothed ? json{understood.soothed->nobody_upset, understood.soothed->soothed,
                                                understood.soothed->explained}
                                         : json()},
          {"caller_tags", understood.caller_tags}};
}

/// A head that is not the one compiled in.
language::LinearHead HeadOf(const std::filesystem::path& file) {
  std::ifstream in{file};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  return language::LinearHead{text};
}

}  // namespace
}  // namespace hotline::classification

int main(int argc, char** argv) {
  using namespace hotline::classification;
  if (argc != 2 && argc != 3) {
    std::cerr << "usage: classification_evaluate CALLS.jsonl [HEADS] > RESULTS.jsonl\n"
                 "HEADS: a directory with turn_emotion.tsv, emotion_trend.tsv and case_kind.tsv\n";
    return 2;
  }
  const auto models = hotline::language::Models::Load(hotline::language::ModelDirectory());
  if (!models.ok()) {
    std::cerr << models.status().message() << '\n';
    return 1;
  }
  std::optional<EmotionReader> given_emotions;
  std::optional<KindReader> given_kinds;
  if (argc == 3) {
    const std::filesystem::path heads{argv[2]};
    given_emotions.emplace(HeadOf(heads / "turn_emotion.tsv"), HeadOf(heads / "emotion_trend.tsv"));
    given_kinds.emplace(HeadOf(heads / "case_kind.tsv"));
  }
  const KindReader& kinds = given_kinds ? *given_kinds : KindReader::Get();
  const Reader reader{DispatchDirectory::Get(), given_emotions ? *given_emotions : EmotionReader::Get(), kinds,
                      TrainedHeads([models = *models] { return ModelsInUse{models}; })};
  std::ifstream in{argv[1]};
  int calls = 0;
  const auto start = std::chrono::steady_clock::now();
  for (std::string line; std::getline(in, line); ++calls)
    std::cout << Evaluate(reader, kinds, nlohmann::json::parse(line)).dump() << '\n';
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  std::cerr << reader.version() << ' ' << (*models)->version() << ": " << calls << " calls, "
            << took.count() / std::max(calls, 1) << " ms a call\n";
}
