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

namespace hotline::platform {
namespace {

constexpr std::size_t kAtOnce = 32;      // Rows that one statement takes away.
constexpr std::size_t kAddedAtOnce = 8;  // Rows that one statement adds.

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

/// One statement for so many events. Their sequences are counted back from the key's last, which was moved on before.
std::string InsertOf(std::size_t events) {
  std::string sql =
      "INSERT INTO outbox (topic, source, event_id, event_type, event_key, event_time, trace_parent, payload, shard, "
      "sequence) VALUES ";
  int parameter = 0;
  const auto next = [&] { return ":" + std::to_string(++parameter); };
  for (std::size_t i = 0; i < events; ++i) {
    sql += i == 0 ? "(" : ", (";
    for (int column = 0; column < 9; ++column) sql += next() + ", ";
    sql += "(SELECT last_sequence FROM outbox_sequences WHERE topic = " + next();
    sql += " AND event_key = " + next() + ") - " + next() + ")";
  }
  return sql;
}

void AppendValues(std::vector<Value>& values, const LeavingEvent& leaving, std::int64_t later_of_its_key) {
  const Event& event = leaving.event;
  for (Value value : std::initializer_list<Value>{
           leaving.topic, event.source, event.id, event.type, event.key,
           std::int64_t{event.time.time_since_epoch().count()}, event.trace_parent, event.payload,
           std::int64_t{PartitionOf(event.key, static_cast<std::int32_t>(kOutboxShards))}, leaving.topic, event.key,
           later_of_its_key}) {
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
  std::map<std::pair<std::string_view, std::string_view>, std::int64_t> left;  // Of each topic and key.
  for (const LeavingEvent& leaving : events) ++left[{leaving.topic, leaving.event.key}];
  // The counter's row is locked until the commit, so the next writer of this key comes after it in both orders.
  for (const auto& [key, count] : left) {
    transaction.Write(
        "INSERT INTO outbox_sequences (topic, event_key, last_sequence) VALUES (:1, :2, :3) "
        "ON CONFLICT (topic, event_key) DO UPDATE "
        "SET last_sequence = outbox_sequences.last_sequence + excluded.last_sequence",
        {std::string{key.first}, std::string{key.second}, count});
  }
  for (std::size_t first = 0; first < events.size(); first += kAddedAtOnce) {
    const std::size_t count = std::min(kAddedAtOnce, events.size() - first);
    std::vector<Value> values;
    for (std::size_t i = first; i < first + count; ++i) {
      AppendValues(values, events[i], --left[{events[i].topic, events[i].event.key}]);
    }
    transaction.Write(InsertOf(count), values);
  }
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

void Outbox::Remove(Transaction& transaction, const std::vector<OutboxRow>& rows) {
  static const std::string many = [] {
    std::string sql = "DELETE FROM outbox WHERE id IN (";
    for (std::size_t i = 1; i <= kAtOnce; ++i) sql += (i == 1 ? ":" : ", :") + std::to_string(i);
    return sql + ")";
  }();
  std::size_t i = 0;
  for (; i + kAtOnce <= rows.size(); i += kAtOnce) {
    std::vector<Value> ids;
    ids.reserve(kAtOnce);
    for (std::size_t j = i; j < i + kAtOnce; ++j) ids.emplace_back(rows[j].id);
    transaction.Write(many, ids);
  }
  for (; i < rows.size(); ++i) transaction.Write("DELETE FROM outbox WHERE id = :1", {rows[i].id});
}

std::int64_t Outbox::Size(Session& session) { return session.Query("SELECT count(*) FROM outbox").front().Int(0); }

}  // namespace hotline::platform
