#pragma once

#include <absl/status/status.h>

#include "knowledge/app/advisor.h"
#include "platform/bus/event.h"

namespace hotline::knowledge {

/// Applies an event of hotline.assessments.v1: a caller's turn that was understood gets its advice; the rest says
/// nothing to knowledge. INVALID_ARGUMENT: a payload that cannot be read.
absl::Status TakeAssessment(const Advisor& advisor, Transaction& tx, const platform::Event& event);

}  // namespace hotline::knowledge
