#pragma once

#include <cstdint>
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
enum class LogFormat { kAuto, kHuman, kJson };

/// Writes one line to standard error: event name and key=value on a terminal, one JSON object otherwise (or as
/// SetLogFormat() says). `event` is dotted, lower case: "relay.failed". Thread-safe.
void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

/// Lines below `level` are dropped.
void SetLogLevel(LogLevel level);

/// kAuto, the default, asks whether standard error is a terminal.
void SetLogFormat(LogFormat format);

/// The text Log() writes, without its line end; `time` is its stamp. For tests.
[[nodiscard]] std::string FormatLogLine(LogFormat format, LogLevel level, std::string_view time, std::string_view event,
                                        std::initializer_list<LogField> fields);

}  // namespace hotline::platform
