#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "escalation/domain/risk.h"

namespace hotline::escalation {

/// What somebody says, and what classification reads in it.
struct Line {
  char who;  ///< 'a': the agent, 'c': the caller.
  std::string text;
  std::optional<Emotion> emotion = std::nullopt;
};

/// Turns of a call. A caller's line without an emotion is one whose reading has not come.
inline std::vector<HeardTurn> Spoken(std::initializer_list<Line> lines) {
  std::vector<HeardTurn> turns;
  for (const Line& line : lines) {
    HeardTurn heard;
    heard.turn.number = static_cast<int>(turns.size()) + 1;
    heard.turn.speaker = line.who == 'a' ? Speaker::kAgent : Speaker::kCaller;
    heard.turn.text = line.text;
    if (line.emotion)
      heard.reading = TurnReading{.emotion = *line.emotion, .confidence = .9, .emotions = {}, .model = {}};
    turns.push_back(std::move(heard));
  }
  return turns;
}

/// The risk after every turn.
inline std::vector<TurnRisk> Assess(const std::vector<HeardTurn>& turns, const CallOpening& opening = {}) {
  std::vector<TurnRisk> risks;
  for (std::size_t i = 1; i <= turns.size(); ++i) {
    risks.push_back(RiskModel::Get().Assess(opening, std::span{turns}.first(i), risks));
  }
  return risks;
}

inline CallOpening WithHistory(std::initializer_list<EarlierCase> history) {
  CallOpening opening;
  opening.history = history;
  return opening;
}

}  // namespace hotline::escalation
