#pragma once

#include <memory>
#include <string>
#include <vector>

#include "platform/bus/bus.h"

namespace hotline::platform {

struct KafkaBusOptions {
  std::string servers;               ///< "host:port, host:port": some of the cluster's brokers.
  std::string topic_prefix;          ///< Before every topic and group: several hotlines in one cluster.
  std::string instance;              ///< This process's name, the same after a restart; empty: it has none.
  std::vector<std::string> options;  ///< "name=value" of librdkafka: TLS, logging in.
};

/// The bus on Apache Kafka, for services that are processes of their own. Topics are created as topics.h states them.
///
/// Opens and subscribes while the cluster is away: appends answer UNAVAILABLE, subscriptions wait, and everything goes
/// on once it is back. An event of another producer that is no CloudEvent is logged and left out. Offsets are stored
/// every 200 ms, so a crash delivers a little again. A group of one topic is a Kafka group "<group>.<topic>".
/// Subscriptions must be stopped before the bus is destroyed. Throws std::runtime_error for options that cannot be.
[[nodiscard]] std::unique_ptr<Bus> OpenKafkaBus(const KafkaBusOptions& options);

}  // namespace hotline::platform
