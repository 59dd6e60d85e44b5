#pragma once

#include <absl/status/status.h>

#include "classification/app/assessments.h"
#include "platform/bus/event.h"

namespace hotline::classification {

/// Applies one event of hotline.calls.v1. Types this binary does not know are no concern of it: OK.
/// INVALID_ARGUMENT: the payload is not what its type says; the event becomes a dead letter.
[[nodiscard]] absl::Status TakeCallEvent(const Assessments& assessments, platform::Transaction& tx,
                                         const platform::Event& event);

}  // namespace hotline::classification
