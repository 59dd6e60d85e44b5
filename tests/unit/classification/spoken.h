#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "classification/domain/reader.h"

namespace hotline::classification {

/// A Tuesday morning in China: 2026-03-03 09:12.
inline constexpr Time kCallTime{std::chrono::milliseconds{1'772'500'320'000}};

/// Turns of a call: "a" is the agent, "c" the caller.
inline std::vector<Turn> Spoken(std::initializer_list<std::pair<char, std::string>> lines) {
  std::vector<Turn> turns;
  for (const auto& [who, text] : lines) {
    turns.push_back({.number = static_cast<int>(turns.size()) + 1,
                     .speaker = who == 'a' ? Speaker::kAgent : Speaker::kCaller,
                     .text = text,
                     .said_at = kCallTime,
                     .title = {}});
  }
  return turns;
}

/// A call as the service reads it: every turn, then the whole.
struct ReadAloud {
  std::vector<TurnUnderstanding> turns;
  CallUnderstanding call;
};

inline ReadAloud Read(const std::vector<Turn>& turns, std::optional<CaseKind> recorded = std::nullopt) {
  static const Reader reader{DispatchDirectory::Get(), EmotionReader::Get(), KindReader::Get(), {}};
  const CallOpening opening{
      .call_id = "c", .site = "s", .region = "云州市", .started_at = kCallTime, .caller_tags = {}, .message = false};
  ReadAloud read;
  std::vector<CallerReading> readings;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    read.turns.push_back(reader.ReadTurn(opening, std::span{turns}.first(i), turns[i]));
    if (turns[i].speaker == Speaker::kCaller) readings.push_back(ReadingOf(read.turns.back()));
  }
  read.call = reader.ReadCall(opening, turns, readings, recorded);
  return read;
}

/// Of the cases that the call becomes, in order.
inline std::vector<CaseKind> Kinds(const CallUnderstanding& call) {
  std::vector<CaseKind> kinds;
  for (const UnderstoodCase& understood : call.cases) kinds.push_back(understood.kind);
  return kinds;
}

}  // namespace hotline::classification
