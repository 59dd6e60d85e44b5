#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "escalation/domain/agent_acts.h"
#include "escalation/domain/concerns.h"
#include "language/vocabulary.h"
#include "platform/time.h"

namespace hotline::escalation {

using language::CaseKind;
using language::Emotion;
using language::Peril;
using language::RiskLevel;
using language::Speaker;
using platform::Time;

/// What became of an earlier case of the same caller. A copy of what its events said when the call began.
struct EarlierCase {
  std::string case_no;
  Time at;
  std::string summary;
  std::string topic;
  CaseKind kind = CaseKind::kInquiry;
  bool open = false;          ///< Neither 办结 nor 告知.
  bool dissatisfied = false;  ///< 不满意 or 非常不满意 at the follow-up.
  std::optional<Time> due_at;
  int reopenings = 0;
  int returns = 0;  ///< How often a department sent it back (退单).
};

/// What is known of a call before anybody speaks.
struct CallOpening {
  std::string call_id;
  std::string site;
  Time started_at;
  bool message = false;  ///< A letter or a WeChat message: one turn, no agent.
  std::vector<std::string> caller_tags;
  std::vector<EarlierCase> history;
};

/// One turn, masked. Numbers are 1-based over both speakers.
struct Turn {
  int number = 0;
  Speaker speaker = Speaker::kCaller;
  std::int64_t at_ms = 0;
  Time said_at;
  std::string text;
};

/// What classification's encoder made of a caller's turn, in numbers of a model that CallCourse must be of, too.
struct TurnCourse {
  std::string model;
  std::vector<float> values;
};

/// What classification read out of a caller's turn.
struct TurnReading {
  Emotion emotion = Emotion::kCalm;
  double confidence = 0;
  std::vector<double> emotions;           ///< Probability of each, by number - 1.
  std::optional<ConcernVoice> concern{};  ///< Where classification's encoder had the time.
  std::vector<double> satisfaction{};     ///< Forecast of the votes -2, -1, 0, 1, 2 if the call ended here; or empty.
  std::optional<TurnCourse> course{};     ///< Where classification's encoder had the time.
  std::string model;
};

/// A turn and what is known of it. A caller's turn without a reading is judged by its words alone (degraded).
struct HeardTurn {
  Turn turn;
  std::optional<TurnReading> reading;
  /// Of an agent's turn: its first ones, where classification's encoder had the time.
  std::vector<HeardSentence> sentences{};
};

/// What the turn tells: this service's head, and classification's encoder where it spoke.
[[nodiscard]] ConcernReading ConcernsOf(const HeardTurn& heard);

/// Where a statement comes from (hotline.common.v1.Evidence).
struct Evidence {
  std::string code;   ///< UPPER_SNAKE_CASE
  std::string words;  ///< Verbatim; empty when the evidence is a fact.
  int turn = 0;       ///< 0: not a turn.

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

}  // namespace hotline::escalation
