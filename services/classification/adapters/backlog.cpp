#include "classification/adapters/backlog.h"

#include <utility>

#include "platform/telemetry/log.h"

namespace hotline::classification {

Backlog::Backlog(platform::Bus& bus, std::string topic, std::string group, std::int64_t limit,
                 std::chrono::milliseconds period)
    : bus_{bus},
      topic_{std::move(topic)},
      group_{std::move(group)},
      limit_{limit},
      look_{std::make_unique<platform::Heartbeat>(period, [this] { Look(); })} {}

void Backlog::Look() {
  const absl::StatusOr<std::int64_t> waiting = bus_.Lag(topic_, group_);
  if (!waiting.ok()) return;  // Nothing is known: as before.
  const bool too_long = *waiting > (too_long_ ? limit_ / 2 : limit_);
  if (too_long == too_long_) return;
  too_long_ = too_long;
  platform::Log(platform::LogLevel::kInfo, too_long ? "encoder.spared" : "encoder.resumed",
                {{"waiting", std::to_string(*waiting)}});
}

}  // namespace hotline::classification
