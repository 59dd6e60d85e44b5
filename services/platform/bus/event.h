#pragma once

#include <cstdint>
#include <string>

#include "platform/time.h"

namespace hotline::platform {

/// One event as it travels: CloudEvents 1.0 attributes, a key, a payload.
struct Event {
  std::string id;              ///< ULID, unique per source: how an inbox knows it again.
  std::string source;          ///< "hotline/intake"
  std::string type;            ///< Full name of the payload's message: "hotline.intake.v1.CallClosed".
  std::string key;             ///< "<site>/<id>": events of one key keep their order.
  std::uint64_t sequence = 0;  ///< Per source, topic and key, from 1, without gaps.
  Time time;                   ///< The business clock, not the broker's.
  std::string trace_parent;    ///< W3C trace context; may be empty.
  std::string payload;         ///< Serialized protobuf of `type`; sealed while it is on a bus or in an outbox.
};

/// Where an event stands in a topic's log.
struct Position {
  std::int32_t partition = 0;
  std::int64_t offset = -1;
};

}  // namespace hotline::platform
