#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include <absl/status/status.h>

#include "platform/bus/bus.h"
#include "platform/store/store.h"

namespace hotline::platform {

class Sealer;
class Metrics;

/// The effect of one event, inside the consumer's transaction: inbox row, effect and outgoing events commit
/// together. `event.payload` is open here. Called at most once with effect per event and group, in order per key.
///
/// OK commits. UNAVAILABLE, ABORTED, DEADLINE_EXCEEDED: rolled back and tried again. Anything else: rolled back,
/// and the event is parked as a dead letter with that reason; later events of its key queue behind it, other keys go
/// on.
using EventEffect = std::function<absl::Status(Transaction&, const Event&)>;

/// Consumes `topic` as `group` into `store`: opens payloads, knows repeated events (inbox), keeps order per key,
/// parks what cannot be applied (table parked_events of the same store).
[[nodiscard]] std::unique_ptr<Subscription> ConsumeInto(Store& store, Bus& bus, const Sealer& sealer, Metrics& metrics,
                                                        std::string_view topic, std::string_view group,
                                                        EventEffect effect);

}  // namespace hotline::platform
