#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/store/store.h"

namespace hotline::platform {

class Sealer;

/// What an event is bound to when it is sealed: it opens only as itself.
[[nodiscard]] std::string SealContext(const Event& event);

/// Keys fall into so many shards, each sent by one relay at a time (outbox_leases.h).
inline constexpr std::int64_t kOutboxShards = 16;

/// A row of the outbox; the event is sealed.
struct OutboxRow {
  std::int64_t id = 0;
  std::string topic;
  Event event;
};

/// A sealed event that has no sequence yet.
struct LeavingEvent {
  std::string topic;
  Event event;
};

/// Table outbox: events on their way from one store to the bus.
class Outbox {
 public:
  /// `source` names the events' producer: "hotline/intake". The sealer must outlive the outbox.
  Outbox(std::string source, const Sealer& sealer) : source_{std::move(source)}, sealer_{sealer} {}

  /// Gives the event its id and source and seals it. Throws std::logic_error for a topic that does not exist and an
  /// event without type or key.
  [[nodiscard]] LeavingEvent Seal(std::string_view topic, Event event, Time now) const;

  /// Writes events, in order, each with the next sequence of its topic and key.
  void Add(Transaction& transaction, const std::vector<LeavingEvent>& events) const;

  /// The oldest rows of a topic or ("") of all, of some shards or (none named) all; those of one key are in order.
  static std::vector<OutboxRow> Oldest(Session& session, std::string_view topic, std::int64_t limit,
                                       std::span<const std::int64_t> shards = {});
  static void Remove(Transaction& transaction, std::span<const std::int64_t> ids);
  /// How many wait, over all topics.
  static std::int64_t Size(Session& session);

  [[nodiscard]] const std::string& source() const { return source_; }

  /// How a process sends that is sabotaged to skip the outbox (fault_points.h); empty in all others.
  static inline std::function<void(std::string_view topic, const Event& event)> send_directly;

 private:
  const std::string source_;
  const Sealer& sealer_;
};

}  // namespace hotline::platform
