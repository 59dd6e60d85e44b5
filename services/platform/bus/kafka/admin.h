#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "platform/bus/kafka/client.h"

namespace hotline::platform::kafka {

/// A topic as the cluster is to have it.
struct StatedTopic {
  std::string name;
  std::int32_t partitions;
  std::chrono::hours retention;  ///< 0: for ever.
};

/// Questions to the cluster about topics and offsets. Thread-safe; every call blocks, at most until its deadline, and
/// answers UNAVAILABLE when the cluster cannot be asked.
class Admin final {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  explicit Admin(const Connection& connection);

  /// Creates the topics that are not there; several processes may do so at once. FAILED_PRECONDITION names one that
  /// is there but is not as stated: another number of partitions, compacted, or not kept for ever.
  absl::Status EnsureTopics(std::span<const StatedTopic> topics, Deadline deadline);

  /// The offset the next event of each partition gets; of the oldest event still kept.
  absl::StatusOr<std::vector<std::int64_t>> Ends(const std::string& topic, std::int32_t partitions, Deadline deadline);
  absl::StatusOr<std::vector<std::int64_t>> Beginnings(const std::string& topic, std::int32_t partitions,
                                                       Deadline deadline);

  /// Where a group goes on in each partition; -1 where it has stored nothing.
  absl::StatusOr<std::vector<std::int64_t>> Stored(const std::string& group, const std::string& topic,
                                                   std::int32_t partitions, Deadline deadline);

 private:
  absl::Status CreateMissing(std::span<const StatedTopic> topics, Deadline deadline);
  /// UNAVAILABLE while not every broker knows every topic.
  absl::Status CheckPartitions(std::span<const StatedTopic> topics, Deadline deadline);
  absl::Status CheckRetention(std::span<const StatedTopic> topics, Deadline deadline);
  absl::StatusOr<std::vector<std::int64_t>> Offsets(const std::string& topic, std::int32_t partitions,
                                                    std::int64_t which, Deadline deadline);

  /// A client that can be asked for the group's offsets: a member of it by name alone, which subscribes to nothing.
  rd_kafka_t* Asking(const std::string& group);

  const Connection connection_;
  const Client client_;
  std::mutex mutex_;
  std::map<std::string, Client> asking_;  ///< By group; guarded by mutex_, and never removed.
};

}  // namespace hotline::platform::kafka
