#include "followup/adapters/messages.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <absl/strings/str_cat.h>
#include <hotline/intake/v1/intake_events.pb.h>

#include "contracts/enums.h"
#include "contracts/timestamp.h"

namespace hotline::followup {
namespace {

namespace common = hotline::common::v1;

constexpr std::string_view kHearingImpaired = "听力不便";

common::Rating ToMessage(const std::optional<Rating>& rating) {
  return rating ? contracts::ToProto<common::Rating>(*rating) : common::RATING_UNSPECIFIED;
}

v1::Outcome ToMessage(const Outcome& outcome) {
  v1::Outcome message;
  message.set_contacted(outcome.contacted);
  if (outcome.solved) message.set_solved(*outcome.solved);
  message.set_department_rating(ToMessage(outcome.department));
  message.set_hotline_rating(ToMessage(outcome.hotline));
  message.set_verbatim(outcome.verbatim);
  return message;
}

/// Nothing for a state this binary does not know.
std::optional<Standing> StandingOf(common::CaseState state) {
  switch (state) {
    case common::CASE_STATE_TO_FOLLOW_UP:
    case common::CASE_STATE_ANSWERED_DIRECTLY: return Standing::kAnswered;
    case common::CASE_STATE_CLOSED: return Standing::kClosed;
    case common::CASE_STATE_REOPENED: return Standing::kReopened;
    case common::CASE_STATE_MERGED: return Standing::kMerged;
    case common::CASE_STATE_PENDING:
    case common::CASE_STATE_INFORMED:
    case common::CASE_STATE_EMERGENCY_TRANSFERRED:
    case common::CASE_STATE_TO_DISPATCH:
    case common::CASE_STATE_DISPATCHED:
    case common::CASE_STATE_SIGNED:
    case common::CASE_STATE_HANDLING:
    case common::CASE_STATE_RETURN_RULING:
    case common::CASE_STATE_EXTENSION_APPROVAL:
    case common::CASE_STATE_SUSPENDED:
    case common::CASE_STATE_REPLIED: return Standing::kElsewhere;
    case common::CASE_STATE_UNSPECIFIED:
    case common::CaseState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case common::CaseState_INT_MAX_SENTINEL_DO_NOT_USE_: break;
  }
  return std::nullopt;
}

bool HearsBadly(const intake::v1::Case& of) {
  return std::ranges::find(of.caller_tags(), kHearingImpaired) != of.caller_tags().end();
}

}  // namespace

v1::FollowUp ToMessage(const FollowUp& from) {
  v1::FollowUp message;
  message.set_follow_up_id(from.id);
  message.set_case_no(from.case_no);
  message.set_site(from.site);
  *message.mutable_due_at() = contracts::ToTimestamp(from.due_at);
  *message.mutable_next_attempt_at() = contracts::ToTimestamp(from.next_attempt_at);
  message.set_ask_by(contracts::ToProto<v1::AskBy>(from.ask_by));
  message.set_state(contracts::ToProto<v1::FollowUpState>(from.state));
  message.set_version(from.version);
  message.set_attempts(from.attempts);
  if (from.outcome) *message.mutable_outcome() = ToMessage(*from.outcome);
  message.set_department(from.department);
  if (from.kind) message.set_kind(contracts::ToProto<common::CaseKind>(*from.kind));
  message.set_topic(from.topic);
  message.set_title(from.title);
  if (from.recorded_at) *message.mutable_recorded_at() = contracts::ToTimestamp(*from.recorded_at);
  message.set_actor(from.actor);
  message.set_round(from.round);
  message.set_exclusion(from.exclusion);
  return message;
}

absl::StatusOr<CaseSnapshot> SnapshotFrom(const platform::Event& event) {
  intake::v1::CaseChanged message;
  if (!message.ParseFromString(event.payload)) {
    return absl::InvalidArgumentError(absl::StrCat("event ", event.id, " holds no CaseChanged"));
  }
  const intake::v1::Case& from = message.case_();
  const std::optional<Standing> standing = StandingOf(from.state());
  if (from.site().empty() || from.case_no().empty() || !standing) {
    return absl::InvalidArgumentError(absl::StrCat("event ", event.id, " names no case, no site or no known state"));
  }
  return CaseSnapshot{.site = from.site(),
                      .case_no = from.case_no(),
                      .standing = *standing,
                      .reopenings = from.reopenings(),
                      .changed_at = event.time,
                      .caller_token = from.caller_token(),
                      .department = from.departments().empty() ? "" : from.departments(0),
                      .kind = contracts::FromProto<CaseKind>(from.kind()),
                      .topic = from.topic(),
                      .title = from.title(),
                      .crisis = from.crisis(),
                      .confidential = from.confidential(),
                      .hearing_impaired = HearsBadly(from)};
}

}  // namespace hotline::followup
