#include "platform/bus/inbox.h"

#include <map>
#include <utility>
#include <vector>

#include "platform/store/many_rows.h"

namespace hotline::platform {
namespace {

std::int64_t Milliseconds(Time time) { return time.time_since_epoch().count(); }

}  // namespace

ParkedEvent ReadParked(const Row& row) {
  return {.id = row.Int(0),
          .state = row.Text(1),
          .reason = row.Text(2),
          .event = {.id = row.Text(3),
                    .source = row.Text(4),
                    .type = row.Text(5),
                    .key = row.Text(6),
                    .sequence = static_cast<std::uint64_t>(row.Int(7)),
                    .time = row.TimeAt(8),
                    .trace_parent = row.Text(9),
                    .payload = row.Text(10)}};
}

Inbox::Place Inbox::PlaceOf(Session& session, const Event& event) const {
  const auto sequence = static_cast<std::int64_t>(event.sequence);
  // Together: each event asks it.
  const auto rows = session.Query(
      "SELECT (SELECT last_sequence FROM inbox_positions "
      "WHERE consumer_group = :1 AND source = :2 AND topic = :3 AND event_key = :4), "
      "(SELECT sequence FROM parked_events WHERE consumer_group = :5 AND topic = :6 AND source = :7 AND event_key = :8 "
      "AND state <> 'skipped' ORDER BY sequence, id LIMIT 1)",
      {group_, event.source, topic_, event.key, group_, topic_, event.source, event.key});
  const std::int64_t last = rows.front().Int(0);
  if (sequence > 0 && sequence <= last) return Place::kApplied;
  if (sequence == 0 && !session
                            .Query("SELECT 1 FROM inbox WHERE consumer_group = :1 AND source = :2 AND event_id = :3",
                                   {group_, event.source, event.id})
                            .empty()) {
    return Place::kApplied;  // An event without a sequence is known by its id alone.
  }
  if (!rows.front().IsNull(1) && sequence >= rows.front().Int(1)) return Place::kBehind;
  return sequence == 0 || sequence == last + 1 ? Place::kNext : Place::kGap;
}

std::int64_t Inbox::LastSequence(Session& session, const KeyOfSource& key) const {
  const auto rows = session.Query(
      "SELECT last_sequence FROM inbox_positions "
      "WHERE consumer_group = :1 AND source = :2 AND topic = :3 AND event_key = :4",
      {group_, key.source, topic_, key.key});
  return rows.empty() ? 0 : rows.front().Int(0);
}

bool Inbox::Mark(Transaction& transaction, const Event& event, Time now) const {
  if (event.sequence == 0) {
    return transaction.Execute(
               "INSERT INTO inbox (consumer_group, source, event_id, applied_at) VALUES (:1, :2, :3, :4) "
               "ON CONFLICT (consumer_group, source, event_id) DO NOTHING",
               {group_, event.source, event.id, Milliseconds(now)}) == 1;
  }
  return transaction.Execute(
             "INSERT INTO inbox_positions (consumer_group, source, topic, event_key, last_sequence) "
             "VALUES (:1, :2, :3, :4, :5) ON CONFLICT (consumer_group, source, topic, event_key) "
             "DO UPDATE SET last_sequence = excluded.last_sequence "
             "WHERE inbox_positions.last_sequence < excluded.last_sequence",
             {group_, event.source, topic_, event.key, static_cast<std::int64_t>(event.sequence)}) == 1;
}

std::size_t Inbox::InTurn(Transaction& transaction, std::span<const Event* const> events) const {
  std::map<KeyOfSource, std::int64_t> last;  // What has been applied of each key; none where one is parked.
  for (const Event* event : events) last.try_emplace({event->source, event->key});
  const std::vector<std::pair<KeyOfSource, std::int64_t>> keys{last.begin(), last.end()};
  InPieces(keys.size(), [&](std::size_t at, std::size_t count) {
    std::vector<Value> values{group_, topic_, group_, topic_};
    for (std::size_t i = at; i < at + count; ++i) {
      values.emplace_back(keys[i].first.source);
      values.emplace_back(keys[i].first.key);
    }
    for (const Row& row : transaction.Query(
             "SELECT column1, column2, (SELECT last_sequence FROM inbox_positions "
             "WHERE consumer_group = :1 AND topic = :2 AND source = column1 AND event_key = column2 /*FOR UPDATE*/), "
             "(SELECT min(id) FROM parked_events WHERE consumer_group = :3 AND topic = :4 AND source = column1 "
             "AND event_key = column2 AND state <> 'skipped') FROM (VALUES " +
                 RowsOf(count, 2, 5) + ") AS asked",
             values)) {
      const KeyOfSource key{row.Text(0), row.Text(1)};
      if (row.IsNull(3)) {
        last[key] = row.Int(2);
      } else {
        last.erase(key);
      }
    }
  });
  std::size_t in_turn = 0;
  for (; in_turn < events.size(); ++in_turn) {
    const auto found = last.find({events[in_turn]->source, events[in_turn]->key});
    const auto sequence = static_cast<std::int64_t>(events[in_turn]->sequence);
    if (found == last.end() || sequence != found->second + 1) break;
    found->second = sequence;
  }
  return in_turn;
}

template <typename Write>
void Inbox::WritePositions(const std::map<KeyOfSource, std::int64_t>& positions, std::string_view on_conflict,
                           Write write) const {
  const std::vector<std::pair<KeyOfSource, std::int64_t>> keys{positions.begin(), positions.end()};
  InPieces(keys.size(), [&](std::size_t at, std::size_t count) {
    std::vector<Value> values;
    for (std::size_t i = at; i < at + count; ++i) {
      values.insert(values.end(), {group_, keys[i].first.source, topic_, keys[i].first.key, keys[i].second});
    }
    write("INSERT INTO inbox_positions (consumer_group, source, topic, event_key, last_sequence) VALUES " +
              RowsOf(count, 5) + " ON CONFLICT (consumer_group, source, topic, event_key) " + std::string{on_conflict},
          values);
  });
}

bool Inbox::MarkAll(Transaction& transaction, std::span<const Event* const> events) const {
  std::map<KeyOfSource, std::int64_t> begun;    // Nothing was applied of these keys: InTurn() had no row to lock.
  std::map<KeyOfSource, std::int64_t> gone_on;  // Of these it holds the row.
  for (const Event* event : events) {
    const KeyOfSource key{event->source, event->key};
    const auto sequence = static_cast<std::int64_t>(event->sequence);
    (sequence == 1 || begun.contains(key) ? begun : gone_on)[key] = sequence;
  }
  std::int64_t added = 0;
  WritePositions(begun, "DO NOTHING", [&](const std::string& sql, const std::vector<Value>& values) {
    added += transaction.Execute(sql, values);
  });
  WritePositions(gone_on, "DO UPDATE SET last_sequence = excluded.last_sequence",
                 [&](const std::string& sql, const std::vector<Value>& values) { transaction.Write(sql, values); });
  return added == static_cast<std::int64_t>(begun.size());
}

void Inbox::Park(Transaction& transaction, const Event& sealed, std::string_view state, std::string_view reason,
                 Time now) const {
  transaction.Write(
      "INSERT INTO parked_events (consumer_group, topic, source, event_key, sequence, event_id, event_type, "
      "event_time, "
      "trace_parent, payload, state, reason, parked_at) "
      "VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10, :11, :12, :13) "
      "ON CONFLICT (consumer_group, source, event_id) DO NOTHING",
      {group_, topic_, sealed.source, sealed.key, static_cast<std::int64_t>(sealed.sequence), sealed.id, sealed.type,
       Milliseconds(sealed.time), sealed.trace_parent, sealed.payload, std::string{state}, std::string{reason},
       Milliseconds(now)});
}

std::optional<ParkedEvent> Inbox::Head(Session& session, const KeyOfSource& key) const {
  const auto rows = session.Query("SELECT " + std::string{kParkedColumns} +
                                      " FROM parked_events WHERE consumer_group = :1 AND topic = :2 AND source = :3 "
                                      "AND event_key = :4 AND state <> 'skipped' ORDER BY sequence, id LIMIT 1",
                                  {group_, topic_, key.source, key.key});
  if (rows.empty()) return std::nullopt;
  return ReadParked(rows.front());
}

bool Inbox::Ready(Session& session, const ParkedEvent& head) const {
  if (head.state == "ready") return true;
  if (head.state == "dead" && head.reason != kGapReason) return false;
  if (head.event.sequence == 0) return true;
  const std::int64_t last = LastSequence(session, {head.event.source, head.event.key});
  return static_cast<std::int64_t>(head.event.sequence) <= last + 1;
}

void Inbox::AwaitMissing(Transaction& transaction, const ParkedEvent& head, Time now) {
  if (head.state != "queued") return;
  transaction.Write("UPDATE parked_events SET state = 'waiting', reason = :1, parked_at = :2 WHERE id = :3",
                    {std::string{kGapReason}, Milliseconds(now), head.id});
}

void Inbox::Unpark(Transaction& transaction, std::int64_t id) {
  transaction.Write("DELETE FROM parked_events WHERE id = :1", {id});
}

void Inbox::MarkDead(Transaction& transaction, std::int64_t id, std::string_view reason, Time now) {
  transaction.Write("UPDATE parked_events SET state = 'dead', reason = :1, parked_at = :2 WHERE id = :3",
                    {std::string{reason}, Milliseconds(now), id});
}

std::int64_t Inbox::EndWaiting(Transaction& transaction, Time cutoff) const {
  return transaction.Execute(
      "UPDATE parked_events SET state = 'dead' "
      "WHERE consumer_group = :1 AND topic = :2 AND state = 'waiting' AND parked_at < :3",
      {group_, topic_, Milliseconds(cutoff)});
}

}  // namespace hotline::platform
