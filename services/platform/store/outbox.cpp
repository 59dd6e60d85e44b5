#include "platform/store/outbox.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <stdexcept>
#include <utility>

#include "platform/bus/partitioner.h"
#include "platform/bus/topics.h"
#include "platform/ids.h"
#include "platform/runtime/fault_points.h"
#include "platform/security/sealer.h"
#include "platform/store/many_rows.h"

namespace hotline::platform {
namespace {

void CheckPublished(std::string_view topic, const Event& event) {
  const auto topics = AllTopics();
  if (std::none_of(topics.begin(), topics.end(), [&](const Topic& known) { return known.name == topic; })) {
    throw std::logic_error{"published on a topic that does not exist: " + std::string{topic}};
  }
  if (event.type.empty() || event.key.empty()) throw std::logic_error{"published an event without type or key"};
}

/// In the text of a statement: they stay the same for as long as the relays do.
std::string Numbers(std::span<const std::int64_t> numbers) {
  std::string text;
  for (const std::int64_t number : numbers) text += (text.empty() ? "" : ", ") + std::to_string(number);
  return text;
}

/// What skipping the outbox means: after the commit, out of memory.
void SendDirectly(Transaction& transaction, const LeavingEvent& leaving) {
  const auto sequence = transaction.Query(
      "INSERT INTO outbox_sequences (topic, event_key, last_sequence) VALUES (:1, :2, 1) "
      "ON CONFLICT (topic, event_key) DO UPDATE SET last_sequence = outbox_sequences.last_sequence + 1 "
      "RETURNING last_sequence",
      {leaving.topic, leaving.event.key});
  Event event = leaving.event;
  event.sequence = static_cast<std::uint64_t>(sequence.front().Int(0));
  transaction.OnCommit([topic = leaving.topic, event = std::move(event)] {
    FaultPoint("outbox.skipped");
    if (Outbox::send_directly) Outbox::send_directly(topic, event);
  });
}

/// A topic and a key of it, in the order in which their counters are locked: no two transactions cross.
using TopicKey = std::pair<std::string_view, std::string_view>;

TopicKey KeyOf(const LeavingEvent& leaving) { return {leaving.topic, leaving.event.key}; }

/// Moves the counters on, and gives each key's first new number. A counter's row is locked until the commit, so the
/// next writer of this key comes after it in both orders.
std::map<TopicKey, std::int64_t> TakeSequences(Transaction& transaction, const std::vector<LeavingEvent>& events) {
  std::map<TopicKey, std::int64_t> counts;
  for (const LeavingEvent& leaving : events) ++counts[KeyOf(leaving)];
  const std::vector<std::pair<TopicKey, std::int64_t>> keys{counts.begin(), counts.end()};
  std::map<TopicKey, std::int64_t> first;
  InPieces(keys.size(), [&](std::size_t at, std::size_t count) {
    std::vector<Value> values;
    for (std::size_t i = at; i < at + count; ++i) {
      values.insert(values.end(),
                    {std::string{keys[i].first.first}, std::string{keys[i].first.second}, keys[i].second});
    }
    for (const Row& row :
         transaction.Query("INSERT INTO outbox_sequences (topic, event_key, last_sequence) VALUES " + RowsOf(count, 3) +
                               " ON CONFLICT (topic, event_key) DO UPDATE "
                               "SET last_sequence = outbox_sequences.last_sequence + "
                               "excluded.last_sequence RETURNING topic, event_key, last_sequence",
                           values)) {
      const auto key = counts.find({row.Text(0), row.Text(1)});
      first[key->first] = row.Int(2) - key->second + 1;
    }
  });
  return first;
}

void AppendValues(std::vector<Value>& values, const LeavingEvent& leaving, std::int64_t sequence) {
  const Event& event = leaving.event;
  for (Value value : std::initializer_list<Value>{
           leaving.topic, event.source, event.id, event.type, event.key, sequence,
           std::int64_t{event.time.time_since_epoch().count()}, event.trace_parent, event.payload,
           std::int64_t{PartitionOf(event.key, static_cast<std::int32_t>(kOutboxShards))}}) {
    values.push_back(std::move(value));
  }
}

}  // namespace

std::string SealContext(const Event& event) { return event.id + " " + event.type; }

LeavingEvent Outbox::Seal(std::string_view topic, Event event, Time now) const {
  CheckPublished(topic, event);
  event.id = NewUlid(now);
  event.source = source_;
  event.payload = sealer_.Seal(event.payload, SealContext(event));
  return {.topic = std::string{topic}, .event = std::move(event)};
}

void Outbox::Add(Transaction& transaction, const std::vector<LeavingEvent>& events) const {
  if (Sabotaged("skip_outbox")) {
    for (const LeavingEvent& leaving : events) SendDirectly(transaction, leaving);
    return;
  }
  std::map<TopicKey, std::int64_t> next = TakeSequences(transaction, events);
  InPieces(events.size(), [&](std::size_t at, std::size_t count) {
    std::vector<Value> values;
    for (std::size_t i = at; i < at + count; ++i) AppendValues(values, events[i], next[KeyOf(events[i])]++);
    transaction.Write(
        "INSERT INTO outbox (topic, source, event_id, event_type, event_key, sequence, event_time, trace_parent, "
        "payload, shard) VALUES " +
            RowsOf(count, 10),
        values);
  });
  FaultPoint("outbox.added");
}

std::vector<OutboxRow> Outbox::Oldest(Session& session, std::string_view topic, std::int64_t limit,
                                      std::span<const std::int64_t> shards) {
  std::string where;
  std::vector<Value> values;
  if (!topic.empty()) {
    where = " AND topic = :1";
    values.emplace_back(std::string{topic});
  }
  if (!shards.empty()) where += " AND shard IN (" + Numbers(shards) + ")";
  values.emplace_back(limit);
  std::vector<OutboxRow> oldest;
  for (const Row& row : session.Query("SELECT id, topic, event_id, source, event_type, event_key, sequence, "
                                      "event_time, trace_parent, payload FROM outbox WHERE id > 0" +
                                          where + " ORDER BY id LIMIT :" + std::to_string(values.size()),
                                      values)) {
    oldest.push_back({.id = row.Int(0),
                      .topic = row.Text(1),
                      .event = {.id = row.Text(2),
                                .source = row.Text(3),
                                .type = row.Text(4),
                                .key = row.Text(5),
                                .sequence = static_cast<std::uint64_t>(row.Int(6)),
                                .time = row.TimeAt(7),
                                .trace_parent = row.Text(8),
                                .payload = row.Text(9)}});
  }
  return oldest;
}

void Outbox::Remove(Transaction& transaction, std::span<const std::int64_t> ids) {
  InPieces(ids.size(), [&](std::size_t at, std::size_t count) {
    const auto some = ids.subspan(at, count);
    const std::vector<Value> values{some.begin(), some.end()};
    transaction.Write("DELETE FROM outbox WHERE id IN " + RowsOf(1, count), values);
  });
}

std::int64_t Outbox::Size(Session& session) { return session.Query("SELECT count(*) FROM outbox").front().Int(0); }

}  // namespace hotline::platform
