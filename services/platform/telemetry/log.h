#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace hotline::platform {

/// One field of a log line. Never caller text: ids, counts, durations, codes.
struct LogField {
  std::string_view key;
  std::variant<std::string, std::int64_t, double, bool> value;
};

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// Writes one line to standard error: event name and key=value on a terminal, one JSON object otherwise (or as
/// HOTLINE_LOG_FORMAT says). `event` is dotted, lower case: "relay.append_failed". Thread-safe.
void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

/// Lines below `level` are dropped.
void SetLogLevel(LogLevel level);

}  // namespace hotline::platform
