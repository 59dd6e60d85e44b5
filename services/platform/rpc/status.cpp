#include "platform/rpc/status.h"

#include <algorithm>
#include <cctype>
#include <map>

#include <absl/strings/cord.h>
#include <absl/strings/str_cat.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include "platform/telemetry/log.h"

namespace hotline::platform {
namespace {

constexpr char kTypePrefix[] = "type.googleapis.com/";
constexpr char kDomain[] = "hotline";
constexpr std::size_t kMaxViolations = 20;  // gRPC drops an answer whose trailing metadata exceed 8 KiB.

absl::string_view AbslView(std::string_view text) { return {text.data(), text.size()}; }
std::string Text(absl::string_view text) { return std::string{text.data(), text.size()}; }

template <typename Detail>
std::string TypeUrl() {
  return kTypePrefix + Detail::descriptor()->full_name();
}

template <typename Detail>
std::optional<Detail> GetDetail(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(TypeUrl<Detail>());
  Detail detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string{*payload})) return std::nullopt;
  return detail;
}

template <typename Detail>
void SetDetail(absl::Status& status, const Detail& detail) {
  status.SetPayload(TypeUrl<Detail>(), absl::Cord{detail.SerializeAsString()});
}

/// The canonical name: "NOT_FOUND".
std::string CodeName(absl::StatusCode code) { return absl::StatusCodeToString(code); }

google::rpc::ErrorInfo ErrorInfo(std::string_view reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string{reason});
  info.set_domain(kDomain);
  return info;
}

/// What a client may read of `status`.
std::string PublicText(const absl::Status& status, std::string_view request_id) {
  if (!absl::IsInternal(status) && !absl::IsUnknown(status)) return Text(status.message());
  Log(LogLevel::kError, "rpc.internal_error",
      {{"request_id", std::string{request_id}}, {"text", Text(status.message())}});
  return request_id.empty() ? "internal error" : "internal error, logged under " + std::string{request_id};
}

}  // namespace

absl::Status WithReason(absl::Status status, std::string_view reason) {
  if (!status.ok()) SetDetail(status, ErrorInfo(reason));
  return status;
}

absl::Status RetryAfter(absl::Status status, std::chrono::milliseconds delay) {
  if (status.ok()) return status;
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(delay.count() / 1000);
  info.mutable_retry_delay()->set_nanos(static_cast<std::int32_t>(delay.count() % 1000) * 1'000'000);
  SetDetail(status, info);
  return status;
}

absl::Status BadField(std::string_view field, std::string_view problem) {
  FieldErrors errors;
  errors.Add(field, problem);
  return errors.status();
}

void FieldErrors::Require(bool holds, std::string_view field, std::string_view problem) {
  if (!holds) Add(field, problem);
}

void FieldErrors::Add(std::string_view field, std::string_view problem) { violations_.emplace_back(field, problem); }

absl::Status FieldErrors::status() const {
  if (violations_.empty()) return absl::OkStatus();
  google::rpc::BadRequest details;
  std::string message;
  for (std::size_t i = 0; i < std::min(violations_.size(), kMaxViolations); ++i) {
    const auto& [field, problem] = violations_[i];
    google::rpc::BadRequest::FieldViolation& violation = *details.add_field_violations();
    violation.set_field(field);
    violation.set_description(problem);
    message += (i == 0 ? "" : "; ") + field + " " + problem;
  }
  absl::Status status = WithReason(absl::InvalidArgumentError(message), "BAD_FIELD");
  SetDetail(status, details);
  return status;
}

grpc::Status ToGrpcStatus(const absl::Status& status, std::string_view request_id) {
  if (status.ok()) return grpc::Status::OK;
  std::map<std::string, std::string> details;  // absl keeps payloads in no order.
  status.ForEachPayload(
      [&](absl::string_view type, const absl::Cord& payload) { details[Text(type)] = std::string{payload}; });
  details.try_emplace(TypeUrl<google::rpc::ErrorInfo>(), ErrorInfo(CodeName(status.code())).SerializeAsString());

  google::rpc::Status wire;
  wire.set_code(static_cast<std::int32_t>(status.code()));
  wire.set_message(PublicText(status, request_id));
  for (auto& [type, payload] : details) {
    google::protobuf::Any& any = *wire.add_details();
    any.set_type_url(type);
    any.set_value(std::move(payload));
  }
  return {static_cast<grpc::StatusCode>(status.code()), wire.message(), wire.SerializeAsString()};
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  if (status.error_code() == grpc::StatusCode::INTERNAL &&
      status.error_message().find("Received RST_STREAM") != std::string::npos)
    return absl::UnavailableError(absl::StrCat("the server went away while it answered: ", status.error_message()));
  absl::Status result{static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
  google::rpc::Status wire;
  if (!wire.ParseFromString(status.error_details())) return result;  // Some other server's details.
  for (const google::protobuf::Any& any : wire.details()) result.SetPayload(any.type_url(), absl::Cord{any.value()});
  return result;
}

std::string ReasonOf(const absl::Status& status) {
  const auto info = GetDetail<google::rpc::ErrorInfo>(status);
  return info ? info->reason() : "";
}

std::optional<std::chrono::milliseconds> RetryDelayOf(const absl::Status& status) {
  const auto info = GetDetail<google::rpc::RetryInfo>(status);
  if (!info) return std::nullopt;
  return std::chrono::milliseconds{info->retry_delay().seconds() * 1000 + info->retry_delay().nanos() / 1'000'000};
}

std::string Explain(const absl::Status& status) {
  if (status.ok()) return "OK";
  const std::string code = CodeName(status.code());
  std::string text = code + ": " + Text(status.message());
  const auto bad = GetDetail<google::rpc::BadRequest>(status);
  for (int i = 0; bad && i < bad->field_violations_size(); ++i) {
    const auto& violation = bad->field_violations(i);
    // Our own servers already say it in the message; others may only say it here.
    if (status.message().find(AbslView(violation.field())) == absl::string_view::npos) {
      text += "; " + violation.field() + " " + violation.description();
    }
  }
  if (const std::string reason = ReasonOf(status); !reason.empty() && reason != code) text += " (" + reason + ")";
  if (const auto delay = RetryDelayOf(status)) text += ", try again in " + std::to_string(delay->count()) + " ms";
  return text;
}

}  // namespace hotline::platform
