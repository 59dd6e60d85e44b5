#include "escalation/tools/labelled_call.h"

#include <fstream>
#include <map>
#include <stdexcept>
#include <utility>

#include "platform/time.h"

namespace hotline::escalation {
namespace {

using nlohmann::json;

Time TimeOf(const json& text) { return platform::ParseTime(text.get<std::string>()).value(); }

/// As classification_evaluate writes it.
std::optional<ConcernVoice> ConcernOf(const json& turn) {
  const auto said = turn.find("concern");
  if (said == turn.end() || said->is_null()) return std::nullopt;
  ConcernVoice voice{.scores = {}, .linear = said->at("linear")};
  for (std::size_t i = 0; i < kConcerns; ++i)
    voice.scores[i] = said->at("scores").at(std::string{Name(static_cast<Concern>(i))});
  return voice;
}

std::optional<TurnCourse> CourseOf(const json& turn) {
  const auto said = turn.find("course");
  if (said == turn.end() || said->is_null()) return std::nullopt;
  return TurnCourse{.model = said->at("model"), .values = said->at("values")};
}

std::vector<HeardSentence> SentencesOf(const json& turn) {
  std::vector<HeardSentence> sentences;
  for (const json& heard : turn.value("acts", json::array())) {
    HeardSentence& sentence = sentences.emplace_back();
    for (const auto& [name, probability] : heard.at("acts").items())
      sentence.acts[static_cast<std::size_t>(AgentActFromName(name).value())] = probability;
    if (heard.at("faults").empty()) continue;
    sentence.fault.emplace();
    for (const auto& [name, probability] : heard.at("faults").items())
      (*sentence.fault)[static_cast<std::size_t>(AgentFaultFromName(name).value())] = probability;
  }
  return sentences;
}

}  // namespace

CallOpening OpeningOf(const json& call) {
  CallOpening opening{.call_id = call.at("id"), .site = call.at("site"), .started_at = TimeOf(call.at("started_at"))};
  opening.caller_tags = call.at("caller").value("tags", std::vector<std::string>{});
  for (const json& earlier : call.value("history", json::array())) {
    const std::string state = earlier.at("state");
    const std::string rating =
        earlier.at("satisfaction").is_null() ? "" : earlier.at("satisfaction").get<std::string>();
    opening.history.push_back({.case_no = earlier.at("case_no"),
                               .at = TimeOf(earlier.at("at")),
                               .summary = earlier.at("summary"),
                               .topic = {},
                               .open = state != "办结" && state != "告知",
                               .dissatisfied = rating.ends_with("不满意"),
                               .due_at = {},
                               .returns = state == "退回" || state == "退单" ? 1 : 0});
  }
  return opening;
}

std::vector<HeardTurn> TurnsOf(const json& call, const json& result) {
  std::map<int, const json*> read;
  for (const json& turn : result.at("turns")) read[turn.at("turn")] = &turn;
  std::vector<HeardTurn> turns;
  for (const json& said : call.at("turns")) {
    HeardTurn heard;
    heard.turn.number = static_cast<int>(turns.size()) + 1;
    heard.turn.speaker = said.at("speaker") == "agent" ? Speaker::kAgent : Speaker::kCaller;
    heard.turn.at_ms = said.at("at_ms");
    heard.turn.text = said.at("text");
    const auto of_turn = read.find(heard.turn.number);
    if (heard.turn.speaker == Speaker::kAgent && of_turn != read.end()) heard.sentences = SentencesOf(*of_turn->second);
    if (heard.turn.speaker == Speaker::kCaller && of_turn != read.end() && of_turn->second->at("emotion").is_string()) {
      const json& r = *of_turn->second;
      heard.reading = TurnReading{.emotion = *language::EmotionFromName(r.at("emotion").get<std::string>()),
                                  .confidence = r.value("emotion_confidence", 1.0),
                                  .emotions = r.value("emotions", std::vector<double>{}),
                                  .concern = ConcernOf(r),
                                  .satisfaction = r.value("satisfaction", std::vector<double>{}),
                                  .course = CourseOf(r),
                                  .model = {}};
    }
    turns.push_back(std::move(heard));
  }
  return turns;
}

std::optional<SoothedVoice> OpeningIn(const json& result) {
  const auto soothed = result.find("soothed");
  if (soothed == result.end() || soothed->is_null()) return std::nullopt;
  return SoothedVoice{.nobody_upset = soothed->at(0), .soothed = soothed->at(1), .explained = soothed->at(2)};
}

std::vector<json> ReadLines(const std::string& file) {
  std::ifstream in{file};
  if (!in) throw std::runtime_error(file + " cannot be read");
  std::vector<json> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
  return lines;
}

}  // namespace hotline::escalation
