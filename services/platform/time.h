#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>

namespace hotline::platform {

/// A point of business or wall time, UTC, in milliseconds.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

/// Where "now" comes from: the wall in production, a variable in tests. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time Now() const = 0;
};

/// The machine's clock.
class WallClock final : public Clock {
 public:
  [[nodiscard]] Time Now() const override;
};

/// "2026-03-03T09:12:00+08:00", "…Z", with or without milliseconds. INVALID_ARGUMENT says what is wrong.
[[nodiscard]] absl::StatusOr<Time> ParseTime(std::string_view rfc3339);

/// RFC 3339 at the offset of China (+08:00), the only zone the country uses; milliseconds only when not zero.
[[nodiscard]] std::string FormatTime(Time time);

}  // namespace hotline::platform
