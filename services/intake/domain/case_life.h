#pragma once

#include <string>
#include <vector>

#include <absl/status/status.h>

#include "intake/domain/calendar.h"
#include "intake/domain/case.h"

namespace hotline::intake {

/// A step somebody wants a case to take.
struct Step {
  CaseState to = CaseState::kPending;
  bool by_supervisor = false;  ///< Whoever asks holds the supervisor's role.
  std::string reply;           ///< For 已答复 and 直接答复.
  std::string department;      ///< For a dispatch or a ruling: the lead it names.
  /// For 已派遣: 15 makes it a complex case. For 延期审批: days asked for. From there back to 处置中: days granted, 0
  /// refuses.
  int working_days = 0;
  Time at;
};

/// The states a person may lead a case to from `from`.
[[nodiscard]] const std::vector<CaseState>& StepsFrom(CaseState from);

/// Takes `step`, with the deadlines and counts that follow from it; `filed` is unchanged after an error.
///
/// FAILED_PRECONDITION: no such step (naming those there are), or a rule of design.md §6 is against it: reopening after
/// 30 days, a return after 2 working days or after a ruling, 办结 without a follow-up. PERMISSION_DENIED: only a
/// supervisor may. INVALID_ARGUMENT names the missing field. Merging goes through Merge(), for it needs the parent.
[[nodiscard]] absl::Status Take(Case& filed, const Step& step, const WorkCalendar& calendar);

/// Links `filed` to its parent, 并入主件. FAILED_PRECONDITION when either is at its end or they are of different sites.
[[nodiscard]] absl::Status Merge(Case& filed, const Case& parent);

/// What the caller said when asked (followup.v1.FollowUpRecorded).
struct FollowUpOutcome {
  bool contacted = false;
  bool solved = false;
  bool must_reopen = false;
  std::optional<Rating> rating;
  std::string reason;
  Time at;
};

/// What an outcome does to a case.
enum class FollowUpEffect { kNone, kRemembered, kClosed, kReopened };

/// 办结 needs contacted, solved and not dissatisfied; `must_reopen` reopens under supervision, but after two reopenings
/// waits for a supervisor's ruling. Only a case that waits for its follow-up moves; a rating is remembered anyway.
FollowUpEffect Apply(Case& filed, const FollowUpOutcome& outcome);

}  // namespace hotline::intake
