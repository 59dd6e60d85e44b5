#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/bus/bus.h"
#include "platform/store/sql_connection.h"
#include "platform/store/sqlite_engine.h"

namespace hotline::platform {

/// A partition of a topic in the log file: a small number that never changes.
using Slot = std::int64_t;

/// An event with its place in the log.
struct LogEntry {
  Slot slot = 0;
  std::int64_t offset = 0;
  const Event* event = nullptr;
};

/// A group has handled everything before `next` of a slot.
struct GroupOffset {
  std::string group;
  Slot slot = 0;
  std::int64_t next = 0;
};

/// The SQLite file of the embedded bus: topics, events, offsets. Thread-safe; writing is one thread's at a time.
class LogFile {
 public:
  explicit LogFile(const std::filesystem::path& file);

  /// The slot of a topic's partition 0; the others follow it. Throws StoreError when the file has another number of
  /// partitions for it.
  Slot FirstSlot(std::string_view topic, std::int32_t partitions);
  /// The offset the next event of a slot gets.
  std::int64_t End(Slot slot);
  std::vector<GroupOffset> Offsets();

  /// Writes all of it in one durable commit.
  void Write(const std::vector<LogEntry>& entries, const std::vector<GroupOffset>& offsets, Time now);

  /// Deletes some of the events of a slot that were appended before `cutoff`; never the last one, which holds the end.
  /// Returns how many.
  std::int64_t Forget(Slot slot, Time cutoff);

  /// Reads on a connection of its own. One thread at a time.
  class Reader {
   public:
    explicit Reader(const SqliteEngine& engine) : connection_{engine, Access::kReadOnly} {}
    /// At most `limit` events from an offset on.
    std::vector<Delivery> Read(Slot slot, std::int32_t partition, std::int64_t from, std::int64_t limit);

   private:
    SqlConnection connection_;
  };
  [[nodiscard]] std::unique_ptr<Reader> MakeReader() const { return std::make_unique<Reader>(engine_); }

 private:
  const SqliteEngine engine_;
  SqlConnection writer_;
};

}  // namespace hotline::platform
