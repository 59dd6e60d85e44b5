#include "escalation/rpc/requests.h"

#include <optional>
#include <string_view>
#include <vector>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "contracts/enums.h"
#include "contracts/timestamp.h"
#include "language/text.h"
#include "platform/bytes.h"
#include "platform/rpc/status.h"

namespace hotline::escalation {
namespace {

using platform::FieldErrors;

constexpr std::int32_t kUsualPage = 100;
constexpr std::int32_t kLargestPage = 1'000;
constexpr std::size_t kMaxNameBytes = 200;
constexpr std::size_t kMaxNoteCharacters = 1'000;

void RequireName(std::string_view field, std::string_view value, FieldErrors& errors) {
  errors.Require(!value.empty(), field, "is required");
  errors.Require(value.size() <= kMaxNameBytes, field, "is longer than 200 bytes");
}

/// Empty means every one.
void AllowName(std::string_view field, std::string_view value, FieldErrors& errors) {
  errors.Require(value.size() <= kMaxNameBytes, field, "is longer than 200 bytes");
}

void CheckNote(std::string_view note, FieldErrors& errors) {
  // Bytes first: counting characters of what is far too long would be the attack.
  const bool fits = note.size() <= kMaxNoteCharacters * 4 && language::CountCharacters(note) <= kMaxNoteCharacters;
  errors.Require(fits, "note", "is longer than 1,000 characters");
}

/// What every change of an alert names.
template <typename Request>
void CheckChange(const Request& request, FieldErrors& errors) {
  RequireName("alert_id", request.alert_id(), errors);
  errors.Require(request.expected_version() > 0, "expected_version", "is required: the version that was read, from 1");
}

template <typename Request>
absl::Status CheckOneCall(const Request& request) {
  FieldErrors errors;
  RequireName("call_id", request.call_id(), errors);
  return errors.status();
}

/// Nothing for a field left UNSPECIFIED.
template <typename Domain, typename Proto>
std::optional<Domain> ReadEnum(std::string_view field, Proto value, FieldErrors& errors) {
  const std::optional<Domain> known = contracts::FromProto<Domain>(value);
  errors.Require(known.has_value() || static_cast<int>(value) == 0, field, "is not a known value");
  return known;
}

Time ReadTime(std::string_view field, bool present, const google::protobuf::Timestamp& value, Time absent,
              FieldErrors& errors) {
  if (!present) return absent;
  const auto time = contracts::FromTimestamp(value);
  errors.Require(time.has_value(), field, "is no time of the years 1 to 9999");
  return time.value_or(absent);
}

/// Everything a list asks for but its page.
std::string QueryMark(v1::ListAlertsRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  return platform::Sha256Hex(request.SerializeAsString()).substr(0, 16);
}

std::optional<AlertPosition> ReadToken(const v1::ListAlertsRequest& request) {
  const absl::StatusOr<std::string> text = platform::FromBase64(request.page_token());
  if (!text.ok()) return std::nullopt;
  const std::vector<std::string> parts = absl::StrSplit(*text, ' ');
  std::int64_t raised_ms = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &raised_ms) || parts[1].empty()) return std::nullopt;
  if (parts[2] != QueryMark(request)) return std::nullopt;
  return AlertPosition{.raised_at = Time{std::chrono::milliseconds{raised_ms}}, .alert_id = parts[1]};
}

}  // namespace

absl::Status Check(const v1::GetCallRiskRequest& request) { return CheckOneCall(request); }

absl::Status Check(const v1::GetConductRequest& request) { return CheckOneCall(request); }

absl::Status Check(const v1::WatchAlertsRequest& request) {
  FieldErrors errors;
  AllowName("site", request.site(), errors);
  errors.Require(request.cursor() >= -1, "cursor", "must be -1 or more");
  return errors.status();
}

absl::Status Check(const v1::AcknowledgeAlertRequest& request) {
  FieldErrors errors;
  CheckChange(request, errors);
  return errors.status();
}

absl::Status Check(const v1::TakeOverCallRequest& request) {
  FieldErrors errors;
  CheckChange(request, errors);
  return errors.status();
}

absl::Status Check(const v1::ReportMissedCallRequest& request) {
  FieldErrors errors;
  RequireName("call_id", request.call_id(), errors);
  errors.Require(request.turn() >= 1, "turn", "is required: where a warning would have been right, from 1");
  CheckNote(request.note(), errors);
  return errors.status();
}

absl::StatusOr<Verdict> VerdictOf(const v1::JudgeAlertRequest& request) {
  FieldErrors errors;
  CheckChange(request, errors);
  CheckNote(request.note(), errors);
  const auto verdict = ReadEnum<Verdict>("verdict", request.verdict(), errors);
  errors.Require(request.verdict() != v1::VERDICT_UNSPECIFIED, "verdict", "is required");
  if (!errors.empty()) return errors.status();
  return *verdict;
}

absl::StatusOr<AlertQuery> AlertQueryOf(const v1::ListAlertsRequest& request) {
  FieldErrors errors;
  AllowName("site", request.site(), errors);
  AllowName("call_id", request.call_id(), errors);
  AlertQuery query{.site = request.site(),
                   .state = ReadEnum<AlertState>("state", request.state(), errors),
                   .min_level = ReadEnum<RiskLevel>("min_level", request.min_level(), errors),
                   .call_id = request.call_id(),
                   .after = std::nullopt,
                   .limit = request.page_size() == 0 ? kUsualPage : request.page_size()};
  errors.Require(query.limit > 0 && query.limit <= kLargestPage, "page_size", "is not between 0 and 1,000");
  if (!request.page_token().empty()) {
    query.after = ReadToken(request);
    errors.Require(query.after.has_value(), "page_token", "is not one that an earlier page of this list gave");
  }
  if (!errors.empty()) return errors.status();
  return query;
}

absl::StatusOr<CalibrationQuery> CalibrationQueryOf(const v1::GetCalibrationRequest& request, Time now) {
  FieldErrors errors;
  AllowName("site", request.site(), errors);
  // What was judged within this very millisecond counts as well.
  const Time after_now = now + std::chrono::milliseconds{1};
  CalibrationQuery query{.site = request.site(),
                         .since = ReadTime("since", request.has_since(), request.since(), Time{}, errors),
                         .until = ReadTime("until", request.has_until(), request.until(), after_now, errors)};
  errors.Require(!request.has_since() || query.since <= query.until, "since",
                 request.has_until() ? "is after until" : "is in the future");
  if (!errors.empty()) return errors.status();
  return query;
}

absl::StatusOr<ConductQuery> ConductQueryOf(const v1::GetConductSummaryRequest& request) {
  FieldErrors errors;
  AllowName("site", request.site(), errors);
  ConductQuery query{.site = request.site(),
                     .since = ReadTime("since", request.has_since(), request.since(), Time::min(), errors),
                     .until = ReadTime("until", request.has_until(), request.until(), Time::max(), errors)};
  errors.Require(query.since <= query.until, "since", "is after until");
  if (!errors.empty()) return errors.status();
  return query;
}

std::string PageTokenAfter(const Alert& last, const v1::ListAlertsRequest& request) {
  return platform::ToBase64(
      absl::StrCat(last.raised_at.time_since_epoch().count(), " ", last.alert_id, " ", QueryMark(request)));
}

}  // namespace hotline::escalation
