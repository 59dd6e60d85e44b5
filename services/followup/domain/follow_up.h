#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>

#include "followup/domain/outcome.h"
#include "language/vocabulary.h"
#include "platform/time.h"

namespace hotline::followup {

using language::CaseKind;
using platform::Time;

/// How the caller is asked. Numbers equal hotline.followup.v1.AskBy.
enum class AskBy { kSms = 1, kPhone = 2, kPerson = 3 };

/// Where an asking stands. Numbers equal hotline.followup.v1.FollowUpState.
enum class FollowUpState { kDue = 1, kRecorded = 2, kUnreached = 3, kCancelled = 4 };

/// Where a case stands, as far as its follow-up cares.
enum class Standing {
  kAnswered,  ///< 待回访, 直接答复: the caller has an answer and is to be asked about it.
  kClosed,    ///< 办结
  kReopened,  ///< 重新办理
  kMerged,    ///< 并入主件
  kElsewhere  ///< Any other state: there is no answer (any more) to ask about.
};

/// What follow-up needs to know of a case after a change.
struct CaseSnapshot {
  std::string site;
  std::string case_no;
  Standing standing = Standing::kElsewhere;
  int reopenings = 0;
  Time changed_at;
  std::string caller_token;
  std::string department;  ///< The lead; empty when nobody has it.
  std::optional<CaseKind> kind;
  std::string topic;
  std::string title;  ///< Masked.
  bool crisis = false;
  bool confidential = false;
  bool hearing_impaired = false;
};

/// Per site; the defaults are design.md §6.
struct SitePolicy {
  std::chrono::milliseconds delay = std::chrono::hours{24};
  AskBy usual_way = AskBy::kSms;
  /// How long to wait after each time the caller was not reached; after the last one it is tried once more, then given
  /// up. Two waits are three attempts.
  std::vector<std::chrono::milliseconds> retry_waits = {std::chrono::hours{4}, std::chrono::hours{24}};
};

/// One asking of one caller about one answered case.
struct FollowUp {
  std::string id;  ///< "<site>/<case_no>/<round>": planning twice is planning once.
  std::string site;
  std::string case_no;
  int round = 1;  ///< Which asking of the case: after each reopening one more.
  std::string caller_token;
  std::string department;
  std::optional<CaseKind> kind;
  std::string topic;
  std::string title;

  AskBy ask_by = AskBy::kPerson;
  Time due_at;           ///< What the rates count by: never moves.
  Time next_attempt_at;  ///< What the desk's list goes by: later than `due_at` after an attempt that failed.
  int attempts = 0;      ///< Times the caller was not reached.

  FollowUpState state = FollowUpState::kDue;
  std::optional<Outcome> outcome;  ///< Of the last attempt.
  std::optional<Time> recorded_at;
  std::string exclusion;     ///< Why it counts in no rate; empty when it counts.
  std::string actor;         ///< Who changed it last.
  std::int64_t version = 1;  ///< Grows by one with every change.
};

/// Why an asking that has not taken place is called off, now that the case stands so; empty when it is not.
[[nodiscard]] std::string_view ReasonToCancel(Standing standing);

/// When and how the caller is asked. Crisis, confidential and hearing-impaired callers hear from a person, never from
/// an automatic channel (design.md §6).
[[nodiscard]] FollowUp Plan(const CaseSnapshot& answered, const SitePolicy& policy);

/// Takes over what changed in the case while its follow-up waits: department, kind, topic, title, and who may ask.
/// True when something did.
[[nodiscard]] bool Refresh(FollowUp& follow_up, const CaseSnapshot& answered, const SitePolicy& policy);

/// Enters the outcome of one attempt: ends the asking when the caller was contacted or the attempts are used up, else
/// sets the next attempt. An unreached caller who rings back may still be recorded.
///
/// FAILED_PRECONDITION when the asking has ended. `outcome` must be possible: see Problems().
[[nodiscard]] absl::Status Record(FollowUp& follow_up, const Outcome& outcome, const SitePolicy& policy, Time now);

/// Calls off an asking that has not taken place; `reason` becomes its exclusion.
void Cancel(FollowUp& follow_up, std::string_view reason);

/// Takes the follow-up out of the rates. FAILED_PRECONDITION when it is out already.
[[nodiscard]] absl::Status Exclude(FollowUp& follow_up, std::string_view reason);

}  // namespace hotline::followup
