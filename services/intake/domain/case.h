#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "intake/domain/terms.h"

namespace hotline::intake {

struct ScoredTopic {
  std::string topic;
  std::string subtopic;
  double probability = 0;  ///< Calibrated, 0 to 1.
};

/// A verbatim span of one turn, and its normal form.
struct Slot {
  std::string words;
  int turn = 0;
  std::string normal;
};

/// 要素.
struct Slots {
  Slot who, when, where, cause, course;
};

/// What made the machine say what it says.
struct Evidence {
  std::string code;
  std::string words;
  int turn = 0;
};

/// 工单: one matter of one caller, from filing to its end. Texts are masked.
struct Case {
  std::string case_no;
  std::string site;
  std::string region;
  Channel channel = Channel::kPhone;
  std::string call_id;  ///< Empty for imported cases.
  std::string external_id;
  std::optional<CaseKind> kind;  ///< Unset until the case is understood.
  std::string topic;             ///< Level 1, the best of `topics`.
  std::vector<ScoredTopic> topics;
  std::vector<std::string> departments;  ///< Lead first.
  std::string dispatch_basis;
  std::vector<Intent> intents;
  CaseState state = CaseState::kPending;
  std::string title;
  std::string text;
  Slots slots;
  Time opened_at;              ///< The call's clock.
  std::optional<Time> due_at;  ///< When the present obligation ends.
  std::int64_t version = 1;    ///< Grows by one with every change.
  std::string parent_case_no;  ///< The case this one repeats or was merged into.
  int repeats = 0;             ///< Same caller and same matter before.
  int urges = 0;
  int returns = 0;
  int reopenings = 0;
  bool confidential = false;
  bool crisis = false;
  bool supervised = false;
  std::vector<std::string> caller_tags;
  std::string caller_token;
  std::string reply;
  std::string route;  ///< 告知: the legal route. 紧急转接: the number that was called.
  Time updated_at;
  std::string hot_issue;
  std::vector<Evidence> evidence;
  bool touched = false;  ///< A person has changed it: the machine leaves it alone.
  std::optional<Rating> satisfaction;

  // What the life of the case hangs on and nobody outside needs.
  std::optional<CaseState> resume_state;  ///< Where a suspension, an approval or an unmerging leads back to.
  std::string resume_parent_case_no;      ///< What a merged case repeated before it was merged.
  std::optional<Time> stopped_at;         ///< When the clock was stopped by a suspension.
  std::optional<Time> dispatched_at;      ///< The handling clock's start; a suspension moves it.
  std::optional<Time> closed_at;          ///< 办结; what the 30 days of reopening count from.
  int handling_days = 0;                  ///< Working days allowed from dispatch.
  int extension_days = 0;                 ///< Granted so far, at most 10.
  bool unreached = false;                 ///< The follow-up ended without reaching the caller.
};

/// Why a case changed; numbers equal those of intake.v1.CaseChange.Action.
enum class Action {
  kFiled = 1,
  kImported,
  kUnderstood,
  kTransitioned,
  kSupplemented,
  kUrged,
  kCorrected,
  kReopened,
  kMerged,
  kUnmerged,
  kContactRevealed,
  kFollowedUp,
};

/// One line of a case's history.
struct CaseChange {
  std::string case_no;
  std::int64_t version = 0;  ///< Of the case after the change.
  Action action = Action::kFiled;
  std::optional<CaseState> from_state;
  CaseState to_state = CaseState::kPending;
  std::string reason;
  std::string actor;
  Time at;
};

/// What a brief, an assessment's snapshot and the search for repeats need of an earlier case.
struct EarlierCase {
  std::string case_no;
  Time at;
  std::string summary;
  CaseState state = CaseState::kPending;
  std::optional<Rating> satisfaction;
  std::optional<CaseKind> kind;
  std::string topic;
  std::optional<Time> due_at;
  int reopenings = 0;
  int returns = 0;
  std::string parent_case_no;
  std::string call_id;
};

}  // namespace hotline::intake
