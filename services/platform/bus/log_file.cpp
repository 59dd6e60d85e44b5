#include "platform/bus/log_file.h"

#include <algorithm>

namespace hotline::platform {
namespace {

constexpr std::string_view kSchema = R"sql(
CREATE TABLE IF NOT EXISTS topics (
  name TEXT PRIMARY KEY,
  first_slot BIGINT NOT NULL,
  partitions BIGINT NOT NULL
);
-- place: slot and offset in one number, so that a partition is one run of rows and an append goes to its end.
CREATE TABLE IF NOT EXISTS events (
  place INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  type TEXT NOT NULL,
  event_key TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  event_time BIGINT NOT NULL,
  trace_parent TEXT NOT NULL,
  payload TEXT NOT NULL,
  appended_at BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS offsets (
  consumer_group TEXT NOT NULL,
  slot BIGINT NOT NULL,
  next_offset BIGINT NOT NULL,
  PRIMARY KEY (consumer_group, slot)
) WITHOUT ROWID;
)sql";

constexpr int kOffsetBits = 40;  // A million million events a partition.

std::int64_t Place(Slot slot, std::int64_t offset) { return slot << kOffsetBits | offset; }
std::int64_t OffsetOf(std::int64_t place) { return place & ((std::int64_t{1} << kOffsetBits) - 1); }

std::int64_t Milliseconds(Time time) { return time.time_since_epoch().count(); }

}  // namespace

LogFile::LogFile(const std::filesystem::path& file) : engine_{file}, writer_{engine_, Access::kReadWrite} {
  writer_.RunScript(std::string{kSchema});
}

Slot LogFile::FirstSlot(std::string_view topic, std::int32_t partitions) {
  const auto known = writer_.Query("SELECT first_slot, partitions FROM topics WHERE name = :1", {std::string{topic}});
  if (!known.empty()) {
    if (known.front().Int(1) != partitions) {
      throw StoreError{StoreError::Kind::kUnavailable,
                       "the log has another number of partitions for " + std::string{topic}};
    }
    return known.front().Int(0);
  }
  const Slot first = writer_.Query("SELECT coalesce(max(first_slot + partitions), 0) FROM topics").front().Int(0);
  writer_.Execute("INSERT INTO topics (name, first_slot, partitions) VALUES (:1, :2, :3)",
                  {std::string{topic}, first, std::int64_t{partitions}});
  return first;
}

std::int64_t LogFile::End(Slot slot) {
  const auto last = writer_.Query("SELECT max(place) FROM events WHERE place >= :1 AND place < :2",
                                  {Place(slot, 0), Place(slot + 1, 0)});
  return last.front().IsNull(0) ? 0 : OffsetOf(last.front().Int(0)) + 1;
}

std::vector<GroupOffset> LogFile::Offsets() {
  std::vector<GroupOffset> offsets;
  for (const Row& row : writer_.Query("SELECT consumer_group, slot, next_offset FROM offsets")) {
    offsets.push_back({.group = row.Text(0), .slot = row.Int(1), .next = row.Int(2)});
  }
  return offsets;
}

void LogFile::Write(const std::vector<LogEntry>& entries, const std::vector<GroupOffset>& offsets, Time now) {
  writer_.Begin();
  try {
    for (const LogEntry& entry : entries) {
      const Event& event = *entry.event;
      writer_.Execute(
          "INSERT INTO events (place, id, source, type, event_key, sequence, event_time, trace_parent, payload, "
          "appended_at) VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10)",
          {Place(entry.slot, entry.offset), event.id, event.source, event.type, event.key,
           static_cast<std::int64_t>(event.sequence), Milliseconds(event.time), event.trace_parent, event.payload,
           Milliseconds(now)});
    }
    for (const GroupOffset& offset : offsets) {
      writer_.Execute(
          "INSERT INTO offsets (consumer_group, slot, next_offset) VALUES (:1, :2, :3) "
          "ON CONFLICT (consumer_group, slot) DO UPDATE SET next_offset = excluded.next_offset",
          {offset.group, offset.slot, offset.next});
    }
    writer_.Commit();
  } catch (...) {
    writer_.Rollback();
    throw;
  }
}

std::int64_t LogFile::Forget(Slot slot, Time cutoff) {
  return writer_.Execute(
      "DELETE FROM events WHERE place IN (SELECT place FROM (SELECT place, appended_at FROM events "
      "WHERE place >= :1 AND place < :2 ORDER BY place LIMIT 500) AS oldest WHERE appended_at < :3)",
      {Place(slot, 0), Place(slot, std::max<std::int64_t>(End(slot) - 1, 0)), Milliseconds(cutoff)});
}

std::vector<Delivery> LogFile::Reader::Read(Slot slot, std::int32_t partition, std::int64_t from, std::int64_t limit) {
  std::vector<Delivery> deliveries;
  for (const Row& row : connection_.Query(
           "SELECT place, id, source, type, event_key, sequence, event_time, trace_parent, payload FROM events "
           "WHERE place >= :1 AND place < :2 ORDER BY place LIMIT :3",
           {Place(slot, from), Place(slot + 1, 0), limit})) {
    deliveries.push_back({.event = {.id = row.Text(1),
                                    .source = row.Text(2),
                                    .type = row.Text(3),
                                    .key = row.Text(4),
                                    .sequence = static_cast<std::uint64_t>(row.Int(5)),
                                    .time = row.TimeAt(6),
                                    .trace_parent = row.Text(7),
                                    .payload = row.Text(8)},
                          .position = {.partition = partition, .offset = OffsetOf(row.Int(0))}});
  }
  return deliveries;
}

}  // namespace hotline::platform
