#pragma once

#include <cstdint>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <hotline/escalation/v1/escalation_service.pb.h>

#include "escalation/app/alert_table.h"
#include "escalation/app/conduct_summary.h"

namespace hotline::escalation {

// What requests ask for, in the terms of the domain. Every error is INVALID_ARGUMENT and names each bad field; `now`
// stands in for a time the request leaves out.

[[nodiscard]] absl::Status Check(const v1::GetCallRiskRequest& request);
[[nodiscard]] absl::Status Check(const v1::GetConductRequest& request);
[[nodiscard]] absl::Status Check(const v1::WatchAlertsRequest& request);
[[nodiscard]] absl::Status Check(const v1::AcknowledgeAlertRequest& request);
[[nodiscard]] absl::Status Check(const v1::TakeOverCallRequest& request);
[[nodiscard]] absl::Status Check(const v1::ReportMissedCallRequest& request);
[[nodiscard]] absl::StatusOr<Verdict> VerdictOf(const v1::JudgeAlertRequest& request);
[[nodiscard]] absl::StatusOr<AlertQuery> AlertQueryOf(const v1::ListAlertsRequest& request);
[[nodiscard]] absl::StatusOr<CalibrationQuery> CalibrationQueryOf(const v1::GetCalibrationRequest& request, Time now);
/// A time that is left out is no bound.
[[nodiscard]] absl::StatusOr<ConductQuery> ConductQueryOf(const v1::GetConductSummaryRequest& request);

/// Continues the list that `request` asks for after its last alert: opaque to clients, good for the same question only.
[[nodiscard]] std::string PageTokenAfter(const Alert& last, const v1::ListAlertsRequest& request);

}  // namespace hotline::escalation
