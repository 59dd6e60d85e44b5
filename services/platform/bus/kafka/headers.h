#pragma once

#include <memory>
#include <optional>

#include "platform/bus/event.h"
#include "platform/bus/kafka/client.h"

namespace hotline::platform::kafka {

using Headers = std::unique_ptr<rd_kafka_headers_t, Destroyer<rd_kafka_headers_destroy>>;

/// An event's attributes as CloudEvents 1.0 states them for Kafka's binary mode: a header each, the payload as it is.
/// The sequence is an extension (ce_sequence), W3C's trace context a header by its own name.
[[nodiscard]] Headers HeadersOf(const Event& event);

/// The event a message carries; nothing when it is none of ours: an attribute is missing or cannot be read.
[[nodiscard]] std::optional<Event> EventOf(const rd_kafka_message_t& message);

}  // namespace hotline::platform::kafka
