#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include <google/protobuf/timestamp.pb.h>

namespace hotline::contracts {

/// platform::Time, spelled out so that the contracts need nothing of the platform.
using Milliseconds = std::chrono::sys_time<std::chrono::milliseconds>;

[[nodiscard]] inline google::protobuf::Timestamp ToTimestamp(Milliseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds.time_since_epoch().count());
  timestamp.set_nanos(static_cast<std::int32_t>(std::chrono::nanoseconds{time - seconds}.count()));
  return timestamp;
}

/// Nothing when the timestamp is outside the years 1 to 9999 or its nanos are no fraction of a second.
[[nodiscard]] inline std::optional<Milliseconds> FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  constexpr std::int64_t kYear1 = -62'135'596'800;
  constexpr std::int64_t kYear10000 = 253'402'300'800;
  if (timestamp.seconds() < kYear1 || timestamp.seconds() >= kYear10000) return std::nullopt;
  if (timestamp.nanos() < 0 || timestamp.nanos() >= 1'000'000'000) return std::nullopt;
  return Milliseconds{std::chrono::seconds{timestamp.seconds()}} +
         std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds{timestamp.nanos()});
}

}  // namespace hotline::contracts
