#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>

#include "escalation/domain/risk.h"

namespace hotline::escalation {

enum class AlertState { kRaised = 1, kAcknowledged, kTakenOver };

/// A supervisor's judgement; it becomes a training row.
enum class Verdict { kRight = 1, kTooEarly, kTooLate, kFalseAlarm };

/// A warning: one for each step up to orange or red within a call. Every change counts its version up.
struct Alert {
  std::string alert_id;
  std::string call_id;
  std::string site;
  int turn = 0;
  RiskLevel level = RiskLevel::kOrange;
  double risk = 0;
  std::vector<Evidence> reasons;
  Time raised_at;
  AlertState state = AlertState::kRaised;
  std::int64_t version = 1;
  std::string actor;  ///< Who took it.
  std::optional<Verdict> verdict;
  std::string verdict_note;
  std::string suggestion;
};

/// Whether `risk` is a step up against the highest level warned of so far (kGreen: none): orange, then red.
[[nodiscard]] bool IsStepUp(RiskLevel warned_so_far, const TurnRisk& risk);

// Changes of an alert: FAILED_PRECONDITION when its state does not allow it. Repeating what is so already by the same
// actor changes nothing and is OK.
absl::Status Acknowledge(Alert& alert, std::string_view actor);
absl::Status TakeOver(Alert& alert, std::string_view actor);
/// Before it was acknowledged nobody has looked at it: FAILED_PRECONDITION.
absl::Status Judge(Alert& alert, std::string_view actor, Verdict verdict, std::string_view note);

}  // namespace hotline::escalation
