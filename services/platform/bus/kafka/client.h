#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <librdkafka/rdkafka.h>

namespace hotline::platform::kafka {

/// Calls librdkafka's own way of ending an object.
template <auto Destroy>
struct Destroyer {
  template <typename T>
  void operator()(T* object) const {
    Destroy(object);
  }
};

using Client = std::unique_ptr<rd_kafka_t, Destroyer<rd_kafka_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Destroyer<rd_kafka_queue_destroy>>;
using Message = std::unique_ptr<rd_kafka_message_t, Destroyer<rd_kafka_message_destroy>>;
using Failure = std::unique_ptr<rd_kafka_error_t, Destroyer<rd_kafka_error_destroy>>;
using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, Destroyer<rd_kafka_topic_partition_list_destroy>>;

/// How every client of a bus finds the brokers and shows itself to them.
struct Connection {
  std::string servers;               ///< "host:port, host:port"
  std::vector<std::string> options;  ///< "name=value": librdkafka's own, for TLS and logging in.
};

/// The settings of one client: the connection's options, and over them what the bus depends on.
class Configuration {
 public:
  /// Throws std::runtime_error for an option that librdkafka does not take.
  explicit Configuration(const Connection& connection);

  /// Throws as above.
  Configuration& Set(const char* name, const std::string& value);
  [[nodiscard]] rd_kafka_conf_t* get() const { return conf_.get(); }

  /// Throws std::runtime_error when there can be no such client. Does not wait for a broker.
  [[nodiscard]] Client MakeClient(rd_kafka_type_t type) &&;

 private:
  std::unique_ptr<rd_kafka_conf_t, Destroyer<rd_kafka_conf_destroy>> conf_;
};

/// Too full: RESOURCE_EXHAUSTED; too large: INVALID_ARGUMENT; whatever else: UNAVAILABLE.
[[nodiscard]] absl::Status ToStatus(rd_kafka_resp_err_t error);

/// Milliseconds from now to `deadline`, not below zero: how librdkafka is told a limit.
[[nodiscard]] int MillisecondsUntil(std::chrono::steady_clock::time_point deadline);

}  // namespace hotline::platform::kafka
