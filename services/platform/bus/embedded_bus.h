#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "platform/bus/bus.h"

namespace hotline::platform {

class Clock;

struct EmbeddedBusOptions {
  const Clock& clock;               ///< For the age of events. Must outlive the bus.
  std::chrono::hours retention{0};  ///< Events older than this leave, but for the knowledge topic's; 0: none does.
};

/// The bus inside one process: a durable log in one SQLite file, with Kafka's partitions, groups and offsets.
///
/// Concurrent appends share one durable commit. A subscription is one thread, woken by the commit itself. Offsets are
/// stored with the next append or within 100 ms, so a crash delivers a little again, as Kafka does.
/// Subscriptions must be stopped before the bus is destroyed. Throws StoreError when the file cannot be opened.
[[nodiscard]] std::unique_ptr<Bus> OpenEmbeddedBus(const std::filesystem::path& file, EmbeddedBusOptions options);

}  // namespace hotline::platform
