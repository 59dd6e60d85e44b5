#pragma once

#include <chrono>
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

struct ConsumerOptions {
  const Clock* clock = nullptr;                ///< The machine's when null; else it must outlive the consumer.
  std::chrono::milliseconds gap_wait{60'000};  ///< How long later events wait for a missing one.
  std::chrono::milliseconds tick{1'000};       ///< How soon a redriven dead letter is tried.
  std::chrono::hours inbox_memory{
      90 * 24};  ///< Of events without a number. Longer than a bus keeps events and people redrive them.
};

/// Consumes `topic` as `group` into `store`: opens payloads, knows repeated events (inbox), keeps order per key,
/// parks what cannot be applied (table parked_events of the same store).
///
/// An event whose predecessor is missing waits for it (parked), and becomes a dead letter with reason GAP after
/// `gap_wait`. Dead letters are listed, redriven and skipped by dead_letters.h.
[[nodiscard]] std::unique_ptr<Subscription> ConsumeInto(Store& store, Bus& bus, const Sealer& sealer, Metrics& metrics,
                                                        std::string_view topic, std::string_view group,
                                                        EventEffect effect, ConsumerOptions options = {});

}  // namespace hotline::platform
