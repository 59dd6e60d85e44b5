#include "hotline/replay/results.h"

#include <map>
#include <vector>

#include "hotline/cli/case_json.h"
#include "hotline/cli/conduct_json.h"
#include "hotline/cli/names.h"

namespace hotline::replay {
namespace {

using cli::NameOf;
using cli::TextOrNull;
using nlohmann::ordered_json;

/// What was said of one turn, gathered from the entries of the watch.
struct TurnView {
  const classification::v1::TurnUnderstood* understood = nullptr;
  const escalation::v1::TurnRiskAssessed* risk = nullptr;
  const knowledge::v1::AdviceGiven* advice = nullptr;
  common::v1::RiskLevel highest = common::v1::RISK_LEVEL_GREEN;  ///< A hard rule may have spoken before the model.
};

struct CallView {
  std::map<int, TurnView> turns;
  const escalation::v1::Conduct* conduct = nullptr;
  const intake::v1::CallSettled* settled = nullptr;
};

CallView ViewOf(const PlayedCall& played) {
  CallView view;
  for (const auto& entry : played.entries) {
    if (entry.has_understood()) view.turns[entry.understood().turn()].understood = &entry.understood();
    if (entry.has_advice()) view.turns[entry.advice().turn()].advice = &entry.advice();
    if (entry.has_reviewed()) view.conduct = &entry.reviewed().conduct();
    if (entry.has_settled()) view.settled = &entry.settled();
    if (!entry.has_risk()) continue;
    TurnView& turn = view.turns[entry.risk().turn()];
    turn.highest = std::max(turn.highest, entry.risk().level());
    if (turn.risk == nullptr || !entry.risk().preliminary()) turn.risk = &entry.risk();
  }
  return view;
}

ordered_json ReasonsJson(const TurnView& turn) {
  ordered_json reasons = ordered_json::array();
  if (turn.risk == nullptr) return reasons;
  for (const auto& reason : turn.risk->reasons()) {
    reasons.push_back({{"code", reason.code()}, {"evidence", reason.words()}, {"turn", reason.turn()}});
  }
  return reasons;
}

ordered_json AdviceJson(const TurnView& turn) {
  const knowledge::v1::AdviceGiven none;
  const auto& advice = turn.advice == nullptr ? none : *turn.advice;
  return {{"phrase", TextOrNull(advice.phrase().text())},
          {"article_id", TextOrNull(advice.answer().article_id())},
          {"note", TextOrNull(advice.note())}};
}

ordered_json TurnJson(int number, const TurnView& turn) {
  const bool caller = turn.understood != nullptr && turn.understood->emotion() != common::v1::EMOTION_UNSPECIFIED;
  return {{"turn", number},
          {"emotion", caller ? ordered_json(NameOf(turn.understood->emotion())) : ordered_json(nullptr)},
          {"emotion_confidence", caller ? ordered_json(turn.understood->emotion_confidence()) : ordered_json(nullptr)},
          {"risk", turn.risk == nullptr ? 0.0 : turn.risk->risk()},
          {"level", NameOf(turn.highest)},
          {"reasons", ReasonsJson(turn)},
          {"advice", AdviceJson(turn)}};
}

/// The first turn at `level` or above, else null.
ordered_json FirstAt(const CallView& view, common::v1::RiskLevel level) {
  for (const auto& [number, turn] : view.turns) {
    if (turn.highest >= level) return number;
  }
  return nullptr;
}

ordered_json AnswersJson(const CallView& view) {
  ordered_json answers = ordered_json::array();
  for (const auto& [number, turn] : view.turns) {
    if (turn.advice == nullptr || !turn.advice->has_answer()) continue;
    const auto& answer = turn.advice->answer();
    answers.push_back({{"turn", number},
                       {"question", answer.question()},
                       {"article_id", answer.article_id()},
                       {"document_number", answer.document_number()},
                       {"clause", answer.clause()},
                       {"effective_from", answer.effective_from()},
                       {"text", answer.text()}});
  }
  return answers;
}

std::string ModelOf(const CallView& view) {
  for (const auto& [number, turn] : view.turns) {
    if (turn.understood != nullptr && !turn.understood->model().empty()) return turn.understood->model();
  }
  return "";
}

}  // namespace

ordered_json ToJson(const RecordedCall& call, const PlayedCall& played) {
  CallView view = ViewOf(played);
  for (const auto& turn : call.turns) view.turns.try_emplace(turn.turn());
  int degraded = 0;
  ordered_json turns = ordered_json::array();
  for (const auto& [number, turn] : view.turns) {
    degraded += turn.risk != nullptr && turn.risk->degraded() ? 1 : 0;
    turns.push_back(TurnJson(number, turn));
  }
  ordered_json cases = ordered_json::array();
  if (view.settled != nullptr) {
    for (const auto& one : view.settled->cases()) cases.push_back(cli::ToJson(one));
  }
  return {{"id", call.id},
          {"call_id", played.call_id},
          {"model", ModelOf(view)},
          {"degraded_turns", degraded},
          {"turns", std::move(turns)},
          {"warned_at", FirstAt(view, common::v1::RISK_LEVEL_ORANGE)},
          {"red_at", FirstAt(view, common::v1::RISK_LEVEL_RED)},
          {"cases", std::move(cases)},
          {"conduct", cli::ToJson(view.conduct == nullptr ? escalation::v1::Conduct{} : *view.conduct)},
          {"answers", AnswersJson(view)}};
}

}  // namespace hotline::replay
