#include "followup/domain/follow_up.h"

#include <tuple>

namespace hotline::followup {
namespace {

AskBy WayToAsk(const CaseSnapshot& answered, const SitePolicy& policy) {
  const bool person_only = answered.crisis || answered.confidential || answered.hearing_impaired;
  return person_only ? AskBy::kPerson : policy.usual_way;
}

auto Described(FollowUp& follow_up) {
  return std::tie(follow_up.department, follow_up.kind, follow_up.topic, follow_up.title, follow_up.caller_token,
                  follow_up.ask_by);
}

}  // namespace

std::string_view ReasonToCancel(Standing standing) {
  switch (standing) {
    case Standing::kAnswered:
    case Standing::kClosed: break;  // Closed is no reason not to ask: "closed" must mean "fixed".
    case Standing::kReopened: return "回访前重新办理";
    case Standing::kMerged: return "回访前并入主件";
    case Standing::kElsewhere: return "回访前退回办理";
  }
  return "";
}

FollowUp Plan(const CaseSnapshot& answered, const SitePolicy& policy) {
  const int round = answered.reopenings + 1;
  const Time due_at = answered.changed_at + policy.delay;
  return {.id = answered.site + "/" + answered.case_no + "/" + std::to_string(round),
          .site = answered.site,
          .case_no = answered.case_no,
          .round = round,
          .caller_token = answered.caller_token,
          .department = answered.department,
          .kind = answered.kind,
          .topic = answered.topic,
          .title = answered.title,
          .ask_by = WayToAsk(answered, policy),
          .due_at = due_at,
          .next_attempt_at = due_at};
}

bool Refresh(FollowUp& follow_up, const CaseSnapshot& answered, const SitePolicy& policy) {
  FollowUp planned = Plan(answered, policy);
  if (Described(follow_up) == Described(planned)) return false;
  Described(follow_up) = Described(planned);
  ++follow_up.version;
  return true;
}

absl::Status Record(FollowUp& follow_up, const Outcome& outcome, const SitePolicy& policy, Time now) {
  const bool rang_back = follow_up.state == FollowUpState::kUnreached && outcome.contacted;
  if (follow_up.state != FollowUpState::kDue && !rang_back) {
    return absl::FailedPreconditionError("this follow-up has ended: nothing can be recorded any more");
  }
  if (outcome.contacted) {
    follow_up.state = FollowUpState::kRecorded;
  } else if (static_cast<std::size_t>(follow_up.attempts) < policy.retry_waits.size()) {
    follow_up.next_attempt_at = now + policy.retry_waits[static_cast<std::size_t>(follow_up.attempts++)];
  } else {
    ++follow_up.attempts;
    follow_up.state = FollowUpState::kUnreached;
  }
  follow_up.outcome = outcome;
  follow_up.recorded_at = now;
  ++follow_up.version;
  return absl::OkStatus();
}

void Cancel(FollowUp& follow_up, std::string_view reason) {
  follow_up.state = FollowUpState::kCancelled;
  follow_up.exclusion = reason;
  ++follow_up.version;
}

absl::Status Exclude(FollowUp& follow_up, std::string_view reason) {
  if (!follow_up.exclusion.empty()) {
    return absl::FailedPreconditionError("this follow-up counts in no rate already");
  }
  follow_up.exclusion = reason;
  ++follow_up.version;
  return absl::OkStatus();
}

}  // namespace hotline::followup
