#pragma once

#include <absl/status/statusor.h>
#include <hotline/followup/v1/followup_events.pb.h>

#include "followup/domain/follow_up.h"
#include "platform/bus/event.h"

namespace hotline::followup {

/// The follow-up as the contracts spell it: in answers and in events.
[[nodiscard]] v1::FollowUp ToMessage(const FollowUp& follow_up);

/// The case of a CaseChanged event. INVALID_ARGUMENT: the payload is none, or names no case or no known state.
[[nodiscard]] absl::StatusOr<CaseSnapshot> SnapshotFrom(const platform::Event& event);

}  // namespace hotline::followup
