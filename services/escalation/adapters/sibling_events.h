#pragma once

#include <absl/status/status.h>

#include "escalation/app/assessments.h"
#include "platform/bus/event.h"

namespace hotline::escalation {

// What intake and classification say. Types this binary does not know, and its own, are no concern of it: OK.
// INVALID_ARGUMENT: the payload is not what its type says; the event becomes a dead letter. `wall`: now.

/// One event of hotline.calls.v1.
[[nodiscard]] absl::Status TakeCallEvent(const Assessments& assessments, platform::Transaction& tx,
                                         const platform::Event& event, Time wall);

/// One event of hotline.assessments.v1: the readings of callers' turns and of whole calls.
[[nodiscard]] absl::Status TakeReading(const Assessments& assessments, platform::Transaction& tx,
                                       const platform::Event& event, Time wall);

}  // namespace hotline::escalation
