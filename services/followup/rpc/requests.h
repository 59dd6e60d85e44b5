#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <hotline/followup/v1/followup_service.pb.h>

#include "followup/app/follow_up_table.h"
#include "followup/domain/rates.h"

namespace hotline::followup {

// What requests ask for, in the terms of the domain. Every error is INVALID_ARGUMENT and names each bad field; `now`
// stands in for a time the request leaves out.

[[nodiscard]] absl::StatusOr<DueQuery> DueQueryOf(const v1::ListDueFollowUpsRequest& request, Time now);

/// Continues a list after its last row: opaque to clients, read by DueQueryOf().
[[nodiscard]] std::string PageTokenAfter(const FollowUp& last);

struct RatesQuery {
  CountQuery count;
  GroupBy group_by = GroupBy::kNothing;
};
[[nodiscard]] absl::StatusOr<RatesQuery> RatesQueryOf(const v1::GetRatesRequest& request, Time now);

[[nodiscard]] absl::StatusOr<Outcome> OutcomeOf(const v1::RecordOutcomeRequest& request);

[[nodiscard]] absl::Status Check(const v1::ExcludeFollowUpRequest& request);
[[nodiscard]] absl::Status Check(const v1::GetFollowUpRequest& request);
[[nodiscard]] absl::Status Check(const v1::ListCaseFollowUpsRequest& request);

}  // namespace hotline::followup
