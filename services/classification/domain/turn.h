#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "language/soothed_voice.h"
#include "language/vocabulary.h"
#include "platform/time.h"

namespace hotline::classification {

using language::CaseKind;
using language::Emotion;
using language::Intent;
using language::SoothedVoice;
using language::Speaker;
using platform::Time;

/// One turn of a call, masked. Numbers are 1-based over both speakers.
struct Turn {
  int number = 0;
  Speaker speaker = Speaker::kCaller;
  std::string text;
  Time said_at;
  std::string title;  ///< Of a letter: its subject line.
};

/// What is known of a call before anybody speaks.
struct CallOpening {
  std::string call_id;
  std::string site;
  std::string region;  ///< "云州市": whose policies a question is about.
  Time started_at;
  std::vector<std::string> caller_tags;
  bool message = false;  ///< A letter or a WeChat message: one turn, no agent.
};

/// Where a statement comes from (hotline.common.v1.Evidence).
struct Evidence {
  std::string code;   ///< UPPER_SNAKE_CASE
  std::string words;  ///< Verbatim; empty when the evidence is a fact.
  int turn = 0;       ///< 0: not a turn.

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

template <typename Label>
struct Scored {
  Label label{};
  double probability = 0;
};

enum class SlotName { kWho = 1, kWhen, kWhere, kCause, kCourse };

/// 要素: a verbatim span of one turn, and its normal form.
struct FoundSlot {
  SlotName name = SlotName::kWhere;
  std::string words;
  std::string normal;
  int turn = 0;
};

/// What an encoder says of the concern behind a turn (escalation's, by its names), for escalation's own head to join.
struct ConcernVoice {
  std::vector<std::pair<std::string, double>> scores;
  double linear = 1;  ///< Weight of the logarithm of the other head's probabilities.
};

/// What an encoder hears in a sentence of an agent, best first: how probable each thing is that they may do with it
/// (escalation's acts, by their names), and each fault that it may be; no faults where no model tells of them.
struct SentenceActs {
  std::vector<Scored<std::string>> acts;
  std::vector<Scored<std::string>> faults{};
};

/// What an encoder made of a turn, for whoever hears how the call goes: numbers of that model, from -1 to 1.
struct TurnCourse {
  std::string model;
  std::vector<double> values;
};

/// What one turn says.
struct TurnUnderstanding {
  std::optional<Emotion> emotion;  ///< Nothing for an agent's turn.
  double emotion_confidence = 0;
  std::vector<double> emotions;  ///< Probability of each, by number - 1; empty for an agent's turn.
  std::vector<Scored<CaseKind>> kinds;
  std::vector<Scored<std::string>> topics;
  std::vector<Intent> intents;
  std::vector<FoundSlot> slots;
  std::string open_question;  ///< A clean sentence; empty when nothing is asked.
  std::string matter;         ///< Of the call so far, as the directory names it; empty where that is not clear.
  std::vector<Evidence> evidence;
  std::optional<ConcernVoice> concern;  ///< Of a caller's turn, where an encoder had the time.
  /// Of a caller's turn: how probable the votes -2, -1, 0, 1, 2 are if the call ends here; empty where none forecasts.
  std::vector<double> satisfaction;
  std::optional<TurnCourse> course;  ///< Of a caller's turn, where an encoder had the time.
  /// Of an agent's turn, one a sentence (language::Sentences), of the first ones; empty where no encoder had the time.
  std::vector<SentenceActs> acts;
  std::string model;  ///< Stamp of all that spoke.
};

/// What was heard in a caller's turn, as far as the whole of the call needs it.
struct CallerReading {
  Emotion emotion{};
  std::optional<double> leak{};    ///< How sure an encoder is that it tells of a report that came out,
  std::optional<double> danger{};  ///< or of danger to a life.
};

/// One matter of a call, as a case to be filed.
struct UnderstoodCase {
  CaseKind kind = CaseKind::kInquiry;
  double kind_probability = 0;
  std::vector<Scored<std::string>> topics;  ///< Best three.
  std::vector<std::string> departments;     ///< Lead first.
  std::string dispatch_basis;
  double dispatch_confidence = 0;
  std::vector<Intent> intents;
  std::vector<FoundSlot> slots;
  std::string title;
  std::string summary;
  std::string legal_route;
  std::string emergency_number;
  std::string hot_issue;
  std::string matter;  ///< Entry of the dispatch directory; empty when none fits.
  bool confidential = false;
  bool crisis = false;
  bool answered_in_call = false;
  std::string question;
  std::vector<Evidence> evidence;
};

/// The whole call.
struct CallUnderstanding {
  int last_turn = 0;
  std::vector<UnderstoodCase> cases;  ///< At least one, best first.
  std::vector<std::string> caller_tags;
  bool recorded_kind_differs = false;
  std::optional<SoothedVoice> soothed;  ///< Where an encoder had the time, and two spoke.
  std::string model;                    ///< Stamp of all that spoke.
};

}  // namespace hotline::classification
