#include "quality/labelled_calls.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <optional>
#include <set>
#include <stdexcept>
#include <vector>

#include <nlohmann/json.hpp>

#include "classification/adapters/messages.h"
#include "classification/adapters/trained_heads.h"
#include "classification/domain/reader.h"
#include "classification/domain/slots.h"
#include "escalation/adapters/messages.h"
#include "escalation/domain/conduct.h"
#include "escalation/domain/risk.h"
#include "platform/time.h"

namespace hotline::tests {
namespace {

using nlohmann::json;
namespace reading = classification;
namespace risk = escalation;

platform::Time TimeOf(const json& text) { return platform::ParseTime(text.get<std::string>()).value(); }

std::vector<std::string> TagsOf(const json& call) {
  return call.at("caller").value("tags", std::vector<std::string>{});
}

risk::CallOpening RiskOpening(const json& call) {
  risk::CallOpening opening{
      .call_id = call.at("id"), .site = call.at("site"), .started_at = TimeOf(call.at("started_at"))};
  opening.caller_tags = TagsOf(call);
  for (const json& earlier : call.value("history", json::array())) {
    const std::string state = earlier.at("state");
    const json& rating = earlier.at("satisfaction");
    opening.history.push_back({.case_no = earlier.at("case_no"),
                               .at = TimeOf(earlier.at("at")),
                               .summary = earlier.at("summary"),
                               .topic = {},
                               .open = state != "办结" && state != "告知",
                               .dissatisfied = rating.is_string() && rating.get<std::string>().ends_with("不满意"),
                               .due_at = {},
                               .returns = state == "退回" || state == "退单" ? 1 : 0});
  }
  return opening;
}

/// One call as both services heard it.
struct Played {
  reading::CallUnderstanding understood;
  std::map<int, language::Emotion> emotions;
  risk::Conduct conduct;
  std::optional<int> warned_at;
  std::optional<int> red_at;
};

Played Play(const json& call, const reading::Reader& reader) {
  const reading::CallOpening opening{.call_id = call.at("id"),
                                     .site = call.at("site"),
                                     .region = call.at("city"),
                                     .started_at = TimeOf(call.at("started_at")),
                                     .caller_tags = TagsOf(call),
                                     .message = false};
  const risk::CallOpening known = RiskOpening(call);
  std::vector<reading::Turn> turns;
  std::vector<reading::CallerReading> readings;
  std::vector<risk::HeardTurn> heard;
  std::vector<risk::TurnRisk> risks;
  Played played;
  for (const json& said : call.at("turns")) {
    const auto at_ms = said.at("at_ms").get<std::int64_t>();
    const reading::Turn turn{
        .number = static_cast<int>(turns.size()) + 1,
        .speaker = said.at("speaker") == "agent" ? language::Speaker::kAgent : language::Speaker::kCaller,
        .text = said.at("text"),
        .said_at = opening.started_at + std::chrono::milliseconds{at_ms},
        .title = {}};
    const reading::TurnUnderstanding read = reader.ReadTurn(opening, turns, turn);
    risk::HeardTurn& now = heard.emplace_back();
    now.turn = {
        .number = turn.number, .speaker = turn.speaker, .at_ms = at_ms, .said_at = turn.said_at, .text = turn.text};
    // What a rule says before the reading comes stays said.
    const bool at_once = risk::RiskModel::Get().HardRules(known, heard).has_value();
    const auto told = reading::ToMessage(opening, turn, read, read.model);  // As escalation hears it on the bus.
    now.sentences = risk::SentencesFrom(told);
    now.reading = risk::ReadingFrom(told);
    if (read.emotion) {
      readings.push_back(reading::ReadingOf(read));
      played.emotions[turn.number] = *read.emotion;
    }
    risks.push_back(risk::RiskModel::Get().Assess(known, heard, risks));
    if (!played.warned_at && (at_once || risks.back().level >= language::RiskLevel::kOrange))
      played.warned_at = turn.number;
    if (!played.red_at && (at_once || risks.back().level == language::RiskLevel::kRed)) played.red_at = turn.number;
    turns.push_back(turn);
  }
  played.understood = reader.ReadCall(opening, turns, readings, std::nullopt);
  played.conduct = risk::ReviewConduct(heard, played.understood.soothed);
  return played;
}

bool Holds(const json& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

/// A span that holds or lies in the right one, half to twice its length.
bool Overlaps(const std::string& said, const std::string& right) {
  const bool within = said.find(right) != said.npos || right.find(said) != right.npos;
  return !said.empty() && within && right.size() <= 2 * said.size() && said.size() <= 2 * right.size();
}

void ScoreCases(const Played& played, const json& expected, CallScores& scores) {
  const std::vector<reading::UnderstoodCase>& cases = played.understood.cases;
  std::multiset<std::string> kinds;
  std::set<std::string> intents;
  bool lead = !cases.empty();
  bool topic = !cases.empty();
  for (const reading::UnderstoodCase& one : cases) {
    kinds.emplace(language::Name(one.kind));
    lead &= !one.departments.empty() && Holds(expected.at("departments"), one.departments.front());
    topic &= !one.topics.empty() && Holds(expected.at("topics"), one.topics.front().label);
    for (const language::Intent intent : one.intents) intents.emplace(language::Name(intent));
  }
  const std::multiset<std::string> right_kinds = expected.at("kinds").get<std::multiset<std::string>>();
  scores.case_count.Count(kinds.size() == right_kinds.size());
  scores.kinds.Count(kinds == right_kinds);
  scores.lead.Count(lead);
  scores.topic.Count(topic);
  scores.intents.Count(intents.size() <= 2 &&
                       std::any_of(intents.begin(), intents.end(),
                                   [&](const std::string& intent) { return Holds(expected.at("intents"), intent); }));
  for (const auto& [name, slot] :
       {std::pair{"address", reading::SlotName::kWhere}, {"when", reading::SlotName::kWhen}}) {
    const json& right = expected.at("slots").at(name);
    if (!right.is_string()) continue;
    scores.slots.Count(std::any_of(cases.begin(), cases.end(), [&, wanted = slot](const reading::UnderstoodCase& one) {
      const reading::FoundSlot* const found = Find(one.slots, wanted);
      return found != nullptr && Overlaps(found->words, right.get<std::string>());
    }));
  }
}

void ScoreWarnings(const Played& played, const json& expected, CallScores& scores) {
  if (expected.at("escalate")) {
    scores.warned.Count(played.warned_at && *played.warned_at >= expected.at("warn_from").get<int>() &&
                        *played.warned_at <= expected.at("warn_by").get<int>());
  } else {
    scores.false_alarms.Count(played.warned_at.has_value());
  }
  if (!expected.at("red_by").is_null())
    scores.red.Count(played.red_at && *played.red_at <= expected.at("red_by").get<int>());
  scores.restated.Count(played.conduct.restated == expected.at("restated").get<bool>());
  if (!expected.at("soothe_first").is_null())
    scores.soothe_first.Count(played.conduct.soothe_first &&
                              *played.conduct.soothe_first == expected.at("soothe_first").get<bool>());
}

struct Confusion {
  std::array<double, reading::kFamilies> right{};
  std::array<double, reading::kFamilies> of{};

  void Count(language::Emotion gold, language::Emotion said) {
    const std::size_t g = Index(reading::FamilyOf(gold));
    const std::size_t s = Index(reading::FamilyOf(said));
    right[g] += g == s;
    ++of[g];
    ++of[s];
  }
  [[nodiscard]] double MacroF1() const {
    double sum = 0;
    for (std::size_t i = 0; i < of.size(); ++i) sum += of[i] > 0 ? 2 * right[i] / of[i] : 0;
    return sum / static_cast<double>(of.size());
  }
};

}  // namespace

CallScores PlayLabelledCalls(const std::filesystem::path& file, const std::shared_ptr<const language::Models>& models,
                             int most) {
  const reading::Reader reader{reading::DispatchDirectory::Get(), reading::EmotionReader::Get(),
                               reading::KindReader::Get(),
                               reading::TrainedHeads([models] { return reading::ModelsInUse{models}; })};
  std::ifstream in{file};
  if (!in) throw std::runtime_error(file.string() + " cannot be read");
  CallScores scores;
  Confusion emotions;
  for (std::string line; most-- > 0 && std::getline(in, line);) {
    const json call = json::parse(line);
    const json& expected = call.at("expected");
    const Played played = Play(call, reader);
    ScoreCases(played, expected, scores);
    ScoreWarnings(played, expected, scores);
    for (const auto& [turn, emotion] : expected.at("emotions").items())
      emotions.Count(*language::EmotionFromName(emotion.get<std::string>()), played.emotions.at(std::stoi(turn)));
  }
  scores.emotion_macro_f1 = emotions.MacroF1();
  return scores;
}

}  // namespace hotline::tests
