#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "platform/bus/bus.h"
#include "platform/bus/topics.h"
#include "support/cluster.h"

namespace hotline::tests {

/// All that a topic of the bus holds now, sealed, each partition in its order. Throws when it cannot be read.
[[nodiscard]] std::vector<platform::Event> ReadTopic(platform::Bus& bus, const platform::Topic& topic);

/// Holds what a cluster's bus has kept of a site ("" for all) against itself, as nobody but the log tells it:
/// the numbers of each key and producer go 1, 2, 3 … at their first coming, one event each; every turn was understood
/// once and finally assessed once, every closed call understood and reviewed once. Reads again until all is there or
/// `patience` is over. Returns what differs.
[[nodiscard]] std::vector<std::string> LogDifferences(const Cluster& cluster, const std::string& site,
                                                      std::chrono::seconds patience = std::chrono::seconds{30});

/// The dead letters of all services about a site ("" for all), in words.
[[nodiscard]] std::vector<std::string> DeadLetters(const Cluster& cluster, const std::string& site);

}  // namespace hotline::tests
