#include "followup/rpc/requests.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include <absl/strings/str_cat.h>

#include "contracts/enums.h"
#include "contracts/timestamp.h"
#include "platform/bytes.h"
#include "platform/rpc/status.h"

namespace hotline::followup {
namespace {

using platform::FieldErrors;

constexpr std::int32_t kUsualPage = 100;
constexpr std::int32_t kLargestPage = 1'000;
constexpr std::int64_t kMaxReasonCharacters = 200;
constexpr std::size_t kMaxNameBytes = 200;

/// Code points: every byte of UTF-8 that continues none.
std::int64_t Characters(std::string_view utf8) {
  return std::ranges::count_if(utf8, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; });
}

void RequireName(std::string_view field, std::string_view value, FieldErrors& errors) {
  errors.Require(!value.empty(), field, "is required");
  errors.Require(value.size() <= kMaxNameBytes, field, "is longer than 200 bytes");
}

/// Empty means every one.
void AllowName(std::string_view field, std::string_view value, FieldErrors& errors) {
  errors.Require(value.size() <= kMaxNameBytes, field, "is longer than 200 bytes");
}

void RequireVersion(std::int64_t version, FieldErrors& errors) {
  errors.Require(version > 0, "expected_version", "is required: the version that was read, from 1");
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

std::optional<DueCursor> ReadToken(const std::string& token) {
  const absl::StatusOr<std::string> text = platform::FromBase64(token);
  if (!text.ok()) return std::nullopt;
  std::int64_t milliseconds = 0;
  const auto [rest, error] = std::from_chars(text->data(), text->data() + text->size(), milliseconds);
  const char* const end = text->data() + text->size();
  if (error != std::errc{} || rest == end || *rest != ' ' || rest + 1 == end) return std::nullopt;
  return DueCursor{Time{std::chrono::milliseconds{milliseconds}}, std::string{rest + 1, end}};
}

}  // namespace

std::string PageTokenAfter(const FollowUp& last) {
  return platform::ToBase64(absl::StrCat(last.next_attempt_at.time_since_epoch().count(), " ", last.id));
}

absl::StatusOr<DueQuery> DueQueryOf(const v1::ListDueFollowUpsRequest& request, Time now) {
  FieldErrors errors;
  AllowName("site", request.site(), errors);
  DueQuery query{.site = request.site(),
                 .due_by = ReadTime("due_by", request.has_due_by(), request.due_by(), now, errors),
                 .ask_by = ReadEnum<AskBy>("ask_by", request.ask_by(), errors),
                 .limit = request.page_size() == 0 ? kUsualPage : request.page_size()};
  errors.Require(query.limit > 0 && query.limit <= kLargestPage, "page_size", "is not between 0 and 1,000");
  if (!request.page_token().empty()) {
    query.after = ReadToken(request.page_token());
    errors.Require(query.after.has_value(), "page_token", "is not one that an earlier page gave");
  }
  if (!errors.empty()) return errors.status();
  return query;
}

absl::StatusOr<RatesQuery> RatesQueryOf(const v1::GetRatesRequest& request, Time now) {
  FieldErrors errors;
  AllowName("site", request.site(), errors);
  AllowName("department", request.department(), errors);
  const CountQuery count{.site = request.site(),
                         .since = ReadTime("since", request.has_since(), request.since(), Time{}, errors),
                         .until = ReadTime("until", request.has_until(), request.until(), now, errors),
                         .department = request.department()};
  errors.Require(!request.has_since() || count.since <= count.until, "since",
                 request.has_until() ? "is after until" : "is in the future");
  const auto group_by = ReadEnum<GroupBy>("group_by", request.group_by(), errors);
  if (!errors.empty()) return errors.status();
  return RatesQuery{count, group_by.value_or(GroupBy::kNothing)};
}

absl::StatusOr<Outcome> OutcomeOf(const v1::RecordOutcomeRequest& request) {
  FieldErrors errors;
  RequireName("follow_up_id", request.follow_up_id(), errors);
  RequireVersion(request.expected_version(), errors);
  errors.Require(request.has_outcome(), "outcome", "is required");

  const v1::Outcome& said = request.outcome();
  Outcome outcome{.contacted = said.contacted(),
                  .solved = said.has_solved() ? std::optional{said.solved()} : std::nullopt,
                  .department = ReadEnum<Rating>("outcome.department_rating", said.department_rating(), errors),
                  .hotline = ReadEnum<Rating>("outcome.hotline_rating", said.hotline_rating(), errors),
                  .verbatim = said.verbatim()};
  errors.Require(Characters(outcome.verbatim) <= kMaxVerbatimCharacters, "outcome.verbatim",
                 "is longer than 2,000 characters");
  for (const Problem& problem : Problems(outcome)) {
    errors.Add("outcome." + std::string{problem.field}, problem.text);
  }
  if (!errors.empty()) return errors.status();
  return outcome;
}

absl::Status Check(const v1::ExcludeFollowUpRequest& request) {
  FieldErrors errors;
  RequireName("follow_up_id", request.follow_up_id(), errors);
  RequireVersion(request.expected_version(), errors);
  errors.Require(!request.reason().empty(), "reason", "is required: the rates list it");
  errors.Require(Characters(request.reason()) <= kMaxReasonCharacters, "reason", "is longer than 200 characters");
  return errors.status();
}

absl::Status Check(const v1::GetFollowUpRequest& request) {
  FieldErrors errors;
  RequireName("follow_up_id", request.follow_up_id(), errors);
  return errors.status();
}

absl::Status Check(const v1::ListCaseFollowUpsRequest& request) {
  FieldErrors errors;
  RequireName("case_no", request.case_no(), errors);
  return errors.status();
}

}  // namespace hotline::followup
