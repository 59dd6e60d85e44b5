#include "platform/bus/kafka/client.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

#include "platform/telemetry/log.h"

namespace hotline::platform::kafka {
namespace {

constexpr std::size_t kMessageBytes = 512;
constexpr int kSyslogError = 3;
constexpr int kSyslogWarning = 4;

/// On librdkafka's threads. What it says names brokers, topics and groups, never a payload.
void Report(const rd_kafka_t* /*client*/, int level, const char* facility, const char* text) {
  if (level > kSyslogWarning) return;
  Log(level <= kSyslogError ? LogLevel::kError : LogLevel::kWarning, "kafka.client",
      {{"about", std::string{facility}}, {"text", std::string{text}}});
}

}  // namespace

Configuration::Configuration(const Connection& connection) : conf_{rd_kafka_conf_new()} {
  for (const std::string& option : connection.options) {
    const std::size_t equals = option.find('=');
    if (equals == std::string::npos) throw std::runtime_error("kafka_options: one is not of the form name=value");
    Set(option.substr(0, equals).c_str(), option.substr(equals + 1));
  }
  Set("bootstrap.servers", connection.servers);
  Set("client.id", "hotline");
  Set("allow.auto.create.topics", "false");
  Set("log.connection.close", "false");
  // What is small leaves at once, as gRPC's and libpq's does.
  Set("socket.nagle.disable", "true");
  // A broker that comes back is found at once; the default waits up to 10 s.
  Set("reconnect.backoff.max.ms", "2000");
  rd_kafka_conf_set_log_cb(conf_.get(), Report);
}

Configuration& Configuration::Set(const char* name, const std::string& value) {
  std::array<char, kMessageBytes> why{};
  if (rd_kafka_conf_set(conf_.get(), name, value.c_str(), why.data(), why.size()) != RD_KAFKA_CONF_OK) {
    // Not librdkafka's words: they repeat the value, which may be a password.
    throw std::runtime_error("Kafka's client does not take this value of " + std::string{name});
  }
  return *this;
}

Client Configuration::MakeClient(rd_kafka_type_t type) && {
  std::array<char, kMessageBytes> why{};
  Client client{rd_kafka_new(type, conf_.get(), why.data(), why.size())};
  if (client == nullptr) throw std::runtime_error("no client of Kafka: " + std::string{why.data()});
  static_cast<void>(conf_.release());  // It is the client's now.
  return client;
}

absl::Status ToStatus(rd_kafka_resp_err_t error) {
  switch (static_cast<int>(error)) {
    case RD_KAFKA_RESP_ERR_NO_ERROR: return absl::OkStatus();
    case RD_KAFKA_RESP_ERR__QUEUE_FULL: return absl::ResourceExhaustedError("too much waits for Kafka");
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE: return absl::InvalidArgumentError("too large for Kafka");
    default: return absl::UnavailableError(std::string{"Kafka: "} + rd_kafka_err2str(error));
  }
}

int MillisecondsUntil(std::chrono::steady_clock::time_point deadline) {
  using std::chrono::milliseconds;
  constexpr milliseconds kMost{3'600'000};
  const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp(left, milliseconds{0}, kMost).count());
}

}  // namespace hotline::platform::kafka
