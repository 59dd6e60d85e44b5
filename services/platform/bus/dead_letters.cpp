#include "platform/bus/dead_letters.h"

#include <utility>

#include "platform/bus/inbox.h"

namespace hotline::platform {
namespace {

absl::Status NoSuchLetter(std::int64_t id) {
  return absl::NotFoundError("there is no dead letter " + std::to_string(id));
}

/// A decision on one dead letter; changes nothing when it is not dead (any more).
bool Decide(Transaction& transaction, std::int64_t id, std::string_view state, std::string_view actor) {
  return transaction.Execute("UPDATE parked_events SET state = :1, decided_by = :2 WHERE id = :3 AND state = 'dead'",
                             {std::string{state}, std::string{actor}, id}) == 1;
}

}  // namespace

absl::StatusOr<std::vector<DeadLetter>> ListDeadLetters(Store& store, std::int64_t limit) {
  std::vector<DeadLetter> letters;
  const absl::Status read = store.Read([&](Session& session) {
    for (const Row& row : session.Query(
             "SELECT id, consumer_group, topic, source, event_key, sequence, event_id, event_type, reason, parked_at, "
             "(SELECT count(*) FROM parked_events later WHERE later.consumer_group = dead.consumer_group "
             "AND later.topic = dead.topic AND later.source = dead.source AND later.event_key = dead.event_key "
             "AND later.state IN ('queued', 'waiting', 'ready') AND later.sequence >= dead.sequence) "
             "FROM parked_events dead WHERE state = 'dead' ORDER BY parked_at, id LIMIT :1",
             {limit})) {
      letters.push_back({.id = row.Int(0),
                         .group = row.Text(1),
                         .topic = row.Text(2),
                         .source = row.Text(3),
                         .key = row.Text(4),
                         .sequence = static_cast<std::uint64_t>(row.Int(5)),
                         .event_id = row.Text(6),
                         .type = row.Text(7),
                         .reason = row.Text(8),
                         .parked_at = row.TimeAt(9),
                         .queued_behind = row.Int(10)});
    }
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  return letters;
}

absl::Status Redrive(Transaction& transaction, std::int64_t id, std::string_view actor) {
  return Decide(transaction, id, "ready", actor) ? absl::OkStatus() : NoSuchLetter(id);
}

absl::Status Redrive(Store& store, std::int64_t id, std::string_view actor) {
  return store.InTransaction([&](Transaction& transaction) { return Redrive(transaction, id, actor); });
}

absl::Status Skip(Transaction& transaction, std::int64_t id, std::string_view actor, Time now) {
  if (!Decide(transaction, id, "skipped", actor)) return NoSuchLetter(id);
  const auto row = transaction.Query(
      "SELECT " + std::string{kParkedColumns} + ", topic, consumer_group FROM parked_events WHERE id = :1", {id});
  const Inbox inbox{row.front().Text(kParkedColumnCount), row.front().Text(kParkedColumnCount + 1)};
  // Marked as applied, so that the bus may deliver it again; the consumer goes on behind it.
  inbox.Mark(transaction, ReadParked(row.front()).event, now);
  return absl::OkStatus();
}

absl::Status Skip(Store& store, std::int64_t id, std::string_view actor, Time now) {
  return store.InTransaction([&](Transaction& transaction) { return Skip(transaction, id, actor, now); });
}

}  // namespace hotline::platform
