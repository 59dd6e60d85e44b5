#include "followup/app/follow_ups.h"

#include <utility>

#include <absl/strings/str_cat.h>

#include "language/masking.h"

namespace hotline::followup {
namespace {

constexpr std::string_view kSystem = "system";

Change By(const Who& who, std::string_view action, std::string reason = "") {
  return {.action = action, .actor = who.actor, .at = who.at, .reason = std::move(reason)};
}

Change BySystem(std::string_view action, Time at, std::string_view reason = "") {
  return {.action = action, .actor = std::string{kSystem}, .at = at, .reason = std::string{reason}};
}

}  // namespace

absl::Status FollowUps::Follow(platform::Transaction& tx, const CaseSnapshot& snapshot) {
  if (snapshot.standing == Standing::kAnswered) return Schedule(tx, snapshot);
  const std::string_view reason = ReasonToCancel(snapshot.standing);
  return reason.empty() ? absl::OkStatus() : CallOff(tx, snapshot, reason);
}

// What is asked for is a state, not a step: however often the case says that it waits, one follow-up a round stands.
absl::Status FollowUps::Schedule(platform::Transaction& tx, const CaseSnapshot& snapshot) {
  const SitePolicy& policy = policy_of_(snapshot.site);
  FollowUp planned = Plan(snapshot, policy);
  planned.actor = kSystem;

  std::optional<FollowUp> present = table_.Find(tx, planned.id);
  if (present && present->state == FollowUpState::kDue) {
    if (!Refresh(*present, snapshot, policy)) return absl::OkStatus();
    return table_.Update(tx, *present, BySystem("refreshed", snapshot.changed_at));
  }
  if (present && present->state != FollowUpState::kCancelled) return absl::OkStatus();

  const Change change = BySystem("scheduled", snapshot.changed_at);
  if (present) {  // Called off, and the case has come back in the same round: unmerged, or answered again.
    planned.version = present->version + 1;
    if (absl::Status saved = table_.Update(tx, planned, change); !saved.ok()) return saved;
  } else {
    table_.Insert(tx, planned, change);
  }
  events_.Scheduled(tx, planned, snapshot.changed_at);
  return absl::OkStatus();
}

absl::Status FollowUps::CallOff(platform::Transaction& tx, const CaseSnapshot& snapshot, std::string_view reason) {
  for (FollowUp& follow_up : table_.OfCase(tx, snapshot.site, snapshot.case_no)) {
    if (follow_up.state != FollowUpState::kDue) continue;
    Cancel(follow_up, reason);
    follow_up.actor = kSystem;
    absl::Status saved = table_.Update(tx, follow_up, BySystem("cancelled", snapshot.changed_at, reason));
    if (!saved.ok()) return saved;
  }
  return absl::OkStatus();
}

absl::StatusOr<FollowUp> FollowUps::Record(platform::Transaction& tx, std::string_view id,
                                           std::int64_t expected_version, Outcome outcome, const Who& who) {
  absl::StatusOr<FollowUp> follow_up = FindCurrent(tx, id, expected_version);
  if (!follow_up.ok()) return follow_up;
  outcome.verbatim = language::MaskPrivate(outcome.verbatim).text;
  absl::Status recorded = followup::Record(*follow_up, outcome, policy_of_(follow_up->site), who.at);
  if (!recorded.ok()) return recorded;

  follow_up->actor = who.actor;
  const bool ended = follow_up->state != FollowUpState::kDue;
  absl::Status saved = table_.Update(tx, *follow_up, By(who, ended ? "recorded" : "attempted"));
  if (!saved.ok()) return saved;
  // Intake closes or reopens on this event; it is never called from here, where a crash could lose or double it.
  if (ended) events_.Recorded(tx, *follow_up, who.at);
  return follow_up;
}

absl::StatusOr<FollowUp> FollowUps::Exclude(platform::Transaction& tx, std::string_view id,
                                            std::int64_t expected_version, const std::string& reason, const Who& who) {
  absl::StatusOr<FollowUp> follow_up = FindCurrent(tx, id, expected_version);
  if (!follow_up.ok()) return follow_up;
  const std::string masked = language::MaskPrivate(reason).text;
  if (absl::Status excluded = followup::Exclude(*follow_up, masked); !excluded.ok()) return excluded;
  follow_up->actor = who.actor;
  if (absl::Status saved = table_.Update(tx, *follow_up, By(who, "excluded", masked)); !saved.ok()) return saved;
  return follow_up;
}

absl::StatusOr<FollowUp> FollowUps::FindCurrent(platform::Session& session, std::string_view id,
                                                std::int64_t expected_version) {
  std::optional<FollowUp> found = table_.Find(session, id);
  if (!found) return absl::NotFoundError("there is no follow-up " + std::string{id});
  if (found->version != expected_version) {
    return absl::AbortedError(absl::StrCat("the follow-up is at version ", found->version, ", not ", expected_version));
  }
  return *std::move(found);
}

}  // namespace hotline::followup
