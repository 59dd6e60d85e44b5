#pragma once

#include <absl/status/status.h>

#include "intake/app/case_desk.h"
#include "intake/app/drafting.h"
#include "platform/bus/event.h"

namespace hotline::intake {

/// What siblings publish, brought to the use cases. Events that mean nothing to intake are OK and change nothing; bytes
/// that are not what their type says are INVALID_ARGUMENT (the event is parked).
[[nodiscard]] absl::Status TakeCallEvent(const Drafting& drafting, Transaction& tx, const platform::Event& event,
                                         Time wall);
[[nodiscard]] absl::Status TakeFollowUpEvent(const CaseDesk& desk, Transaction& tx, const platform::Event& event,
                                             Time wall);

}  // namespace hotline::intake
