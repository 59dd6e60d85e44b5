#include "escalation/domain/alert.h"

#include <absl/strings/str_cat.h>

namespace hotline::escalation {
namespace {

bool MovesTo(const Alert& alert, AlertState state, std::string_view actor) {
  return alert.state != state || alert.actor != actor;
}

void Move(Alert& alert, AlertState state, std::string_view actor) {
  alert.state = state;
  alert.actor = actor;
  ++alert.version;
}

}  // namespace

bool IsStepUp(RiskLevel warned_so_far, const TurnRisk& risk) {
  return risk.level >= RiskLevel::kOrange && risk.level > warned_so_far;
}

absl::Status Acknowledge(Alert& alert, std::string_view actor) {
  if (!MovesTo(alert, AlertState::kAcknowledged, actor)) return absl::OkStatus();
  if (alert.state != AlertState::kRaised) {
    return absl::FailedPreconditionError(absl::StrCat("this alert is with ", alert.actor, " already"));
  }
  Move(alert, AlertState::kAcknowledged, actor);
  return absl::OkStatus();
}

absl::Status TakeOver(Alert& alert, std::string_view actor) {
  if (!MovesTo(alert, AlertState::kTakenOver, actor)) return absl::OkStatus();
  if (alert.state == AlertState::kTakenOver) {
    return absl::FailedPreconditionError(absl::StrCat("this call was taken over by ", alert.actor, " already"));
  }
  // Whoever acknowledged an alert does not keep others from taking the call over: the caller waits.
  Move(alert, AlertState::kTakenOver, actor);
  return absl::OkStatus();
}

// Who judges need not be who took it: the alert keeps its actor, and the history names the judge.
absl::Status Judge(Alert& alert, std::string_view /*actor*/, Verdict verdict, std::string_view note) {
  if (alert.state == AlertState::kRaised) {
    return absl::FailedPreconditionError("an alert is judged after it was acknowledged");
  }
  if (alert.verdict == verdict && alert.verdict_note == note) return absl::OkStatus();
  alert.verdict = verdict;
  alert.verdict_note = note;
  ++alert.version;
  return absl::OkStatus();
}

}  // namespace hotline::escalation
