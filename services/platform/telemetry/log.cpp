#include "platform/telemetry/log.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <mutex>

#include <fmt/chrono.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <nlohmann/json.hpp>

namespace hotline::platform {
namespace {

std::atomic<LogLevel> g_level{LogLevel::kInfo};
std::atomic<LogFormat> g_format{LogFormat::kAuto};

std::string_view Name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "";
}

/// One write a line, so that lines of many threads never mix.
spdlog::logger& StandardError() {
  static spdlog::logger logger = [] {
    spdlog::logger made{"hotline", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
    made.set_pattern("%v");
    made.set_level(spdlog::level::trace);
    return made;
  }();
  return logger;
}

/// RFC 3339 in UTC, to the millisecond.
std::string Stamp() {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto millis = now.time_since_epoch().count() % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)), millis);
}

std::string Json(LogLevel level, std::string_view time, std::string_view event,
                 std::initializer_list<LogField> fields) {
  nlohmann::ordered_json line{{"time", time}, {"level", Name(level)}, {"event", event}};
  for (const LogField& field : fields) {
    std::visit([&](const auto& value) { line[std::string{field.key}] = value; }, field.value);
  }
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// As it is where it is one plain word, in quotes with escapes otherwise.
std::string Human(const std::string& value) {
  const bool plain = !value.empty() && value.find_first_of(" \t\r\n\"\\=") == std::string::npos;
  return plain ? value : nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}
std::string Human(std::int64_t value) { return std::to_string(value); }
std::string Human(double value) { return fmt::format("{:.6g}", value); }
std::string Human(bool value) { return value ? "true" : "false"; }

std::string Line(LogLevel level, std::string_view time, std::string_view event,
                 std::initializer_list<LogField> fields) {
  std::string line = fmt::format("{} {:<7} {}", time, Name(level), event);
  for (const LogField& field : fields) {
    line += fmt::format(" {}={}", field.key, std::visit([](const auto& value) { return Human(value); }, field.value));
  }
  return line;
}

LogFormat Resolved(LogFormat format) {
  static const bool terminal = isatty(STDERR_FILENO) != 0;
  if (format != LogFormat::kAuto) return format;
  return terminal ? LogFormat::kHuman : LogFormat::kJson;
}

}  // namespace

std::string FormatLogLine(LogFormat format, LogLevel level, std::string_view time, std::string_view event,
                          std::initializer_list<LogField> fields) {
  return Resolved(format) == LogFormat::kHuman ? Line(level, time, event, fields) : Json(level, time, event, fields);
}

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < g_level.load(std::memory_order_relaxed)) return;
  StandardError().log(spdlog::level::info, FormatLogLine(g_format, level, Stamp(), event, fields));
}

void SetLogLevel(LogLevel level) { g_level = level; }
void SetLogFormat(LogFormat format) { g_format = format; }

}  // namespace hotline::platform
