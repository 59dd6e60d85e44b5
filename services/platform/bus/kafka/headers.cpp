#include "platform/bus/kafka/headers.h"

#include <charconv>
#include <string>
#include <string_view>

namespace hotline::platform::kafka {
namespace {

constexpr char kVersion[] = "ce_specversion";
constexpr char kId[] = "ce_id";
constexpr char kSource[] = "ce_source";
constexpr char kType[] = "ce_type";
constexpr char kTime[] = "ce_time";
constexpr char kSequence[] = "ce_sequence";
constexpr char kContentType[] = "content-type";
constexpr char kTraceParent[] = "traceparent";
constexpr std::size_t kCount = 8;

void Add(rd_kafka_headers_t* headers, const char* name, std::string_view value) {
  rd_kafka_header_add(headers, name, -1, value.data(), static_cast<ssize_t>(value.size()));
}

/// The value of a header; nothing when it is not there.
std::optional<std::string_view> Find(const rd_kafka_headers_t* headers, const char* name) {
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_header_get_last(headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  return std::string_view{static_cast<const char*>(value), size};
}

std::string_view Bytes(const void* data, std::size_t size) {
  return data == nullptr ? std::string_view{} : std::string_view{static_cast<const char*>(data), size};
}

}  // namespace

Headers HeadersOf(const Event& event) {
  Headers headers{rd_kafka_headers_new(kCount)};
  Add(headers.get(), kVersion, "1.0");
  Add(headers.get(), kId, event.id);
  Add(headers.get(), kSource, event.source);
  Add(headers.get(), kType, event.type);
  Add(headers.get(), kTime, FormatTime(event.time));
  Add(headers.get(), kContentType, "application/protobuf");
  Add(headers.get(), kSequence, std::to_string(event.sequence));
  if (!event.trace_parent.empty()) Add(headers.get(), kTraceParent, event.trace_parent);
  return headers;
}

std::optional<Event> EventOf(const rd_kafka_message_t& message) {
  rd_kafka_headers_t* headers = nullptr;  // The message's own.
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  const auto version = Find(headers, kVersion);
  const auto id = Find(headers, kId);
  const auto source = Find(headers, kSource);
  const auto type = Find(headers, kType);
  const auto time = Find(headers, kTime);
  if (!version || !version->starts_with("1.") || !id || !source || !type || !time) return std::nullopt;
  const absl::StatusOr<Time> at = ParseTime(*time);
  if (!at.ok()) return std::nullopt;
  std::uint64_t number = 0;
  const std::string_view sequence = Find(headers, kSequence).value_or("0");
  const auto [end, error] = std::from_chars(sequence.data(), sequence.data() + sequence.size(), number);
  if (error != std::errc{} || end != sequence.data() + sequence.size()) return std::nullopt;
  return Event{.id = std::string{*id},
               .source = std::string{*source},
               .type = std::string{*type},
               .key = std::string{Bytes(message.key, message.key_len)},
               .sequence = number,
               .time = *at,
               .trace_parent = std::string{Find(headers, kTraceParent).value_or("")},
               .payload = std::string{Bytes(message.payload, message.len)}};
}

}  // namespace hotline::platform::kafka
