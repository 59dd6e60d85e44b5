#pragma once

#include <chrono>
#include <vector>

#include "platform/bus/apply.h"

namespace hotline::platform {

/// Applies a batch in few transactions of few statements, as long as every event is simply the next of its key: the way
/// of a consumer that has much to catch up with. Returns those that have to be looked at one by one, in their order:
/// from the first of its lane that came before, has a gap or a parked one before it, or could not be applied. Blocks.
[[nodiscard]] std::vector<const Event*> ApplyTogether(Store& store, const Applier& applier,
                                                      const std::vector<const Event*>& events,
                                                      std::chrono::steady_clock::time_point deadline);

}  // namespace hotline::platform
