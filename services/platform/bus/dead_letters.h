#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "platform/store/store.h"

namespace hotline::platform {

/// An event that a group could not apply. Its payload stays sealed and is not listed.
struct DeadLetter {
  std::int64_t id = 0;
  std::string group;
  std::string topic;
  std::string source;
  std::string key;
  std::uint64_t sequence = 0;
  std::string event_id;
  std::string type;
  std::string reason;  ///< "INVALID_ARGUMENT: …", or "GAP": an event before it never came.
  Time parked_at;
  std::int64_t queued_behind = 0;  ///< Later events of its key that wait for a person's word.
};

/// The oldest first. Blocks.
[[nodiscard]] absl::StatusOr<std::vector<DeadLetter>> ListDeadLetters(Store& store, std::int64_t limit);

/// Has its group apply the event again, then those behind it. A GAP letter is applied without what is missing.
/// NOT_FOUND when there is no such dead letter. Blocks.
[[nodiscard]] absl::Status Redrive(Store& store, std::int64_t id, std::string_view actor);
/// The same inside a transaction of the caller's.
[[nodiscard]] absl::Status Redrive(Transaction& transaction, std::int64_t id, std::string_view actor);

/// Leaves the event for good (its row stays, with who decided) and lets those behind it go on. NOT_FOUND as above.
[[nodiscard]] absl::Status Skip(Store& store, std::int64_t id, std::string_view actor, Time now);
[[nodiscard]] absl::Status Skip(Transaction& transaction, std::int64_t id, std::string_view actor, Time now);

}  // namespace hotline::platform
