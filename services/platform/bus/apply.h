#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <absl/status/status.h>

#include "platform/bus/consumer.h"
#include "platform/bus/inbox.h"

namespace hotline::platform {

/// What an event is applied with.
struct Applier {
  const Inbox inbox;
  const Sealer& sealer;
  const EventEffect effect;
  const Clock& clock;
  Metrics& metrics;

  /// The event in its order: applied, or parked because its turn has not come. Errors: the effect's; DATA_LOSS or
  /// FAILED_PRECONDITION when the payload does not open.
  absl::Status InOrder(Transaction& transaction, const Event& sealed) const;

  /// As many of the first events as are in turn and a moment allows, in few statements: their effects, and one mark for
  /// all. Says how many in `applied`. None where the first is not in turn. On an error nothing of it may stand, and
  /// each event has to be looked at by itself.
  absl::Status Together(Transaction& transaction, std::span<const Event* const> sealed, std::size_t& applied) const;

  /// The effect and its mark, with no look at the order.
  absl::Status Effect(Transaction& transaction, const Event& sealed) const;

  /// The effect without a mark.
  absl::Status EffectAlone(Transaction& transaction, const Event& sealed) const;

  /// Says in the log and the metrics that an event needs a person.
  void ReportDead(const Event& event, const absl::Status& status) const;
};

/// Whether the same event may succeed later: it is tried again. Otherwise a person has to look at it.
[[nodiscard]] bool WorthRetrying(const absl::Status& status);

/// What a dead letter says of a status: its code and message, cut to a line.
[[nodiscard]] std::string DeadLetterReason(const absl::Status& status);

}  // namespace hotline::platform
