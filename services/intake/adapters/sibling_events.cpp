#include "intake/adapters/sibling_events.h"

#include <hotline/classification/v1/classification_events.pb.h>
#include <hotline/escalation/v1/escalation_events.pb.h>
#include <hotline/followup/v1/followup_events.pb.h>
#include <hotline/knowledge/v1/knowledge_events.pb.h>

#include "contracts/enums.h"
#include "intake/adapters/understanding_messages.h"

namespace hotline::intake {
namespace {

using platform::Event;

/// Whether `event` carries a `Message`; then it is read into `message`.
template <typename Message>
bool Is(const Event& event, Message& message, absl::Status& status) {
  if (event.type != Message::descriptor()->full_name()) return false;
  if (!message.ParseFromString(event.payload)) status = absl::InvalidArgumentError("not a " + event.type);
  return true;
}

}  // namespace

absl::Status TakeCallEvent(const Drafting& drafting, Transaction& tx, const Event& event, Time wall) {
  absl::Status status;
  CallNews news;
  if (classification::v1::TurnUnderstood understood; Is(event, understood, status)) {
    news = {.kind = FeedKind::kTurnUnderstood, .call_id = understood.call_id(), .turn = understood.turn()};
  } else if (classification::v1::CallUnderstood call; Is(event, call, status)) {
    news = {.kind = FeedKind::kCallUnderstood, .call_id = call.call_id()};
  } else if (escalation::v1::TurnRiskAssessed risk; Is(event, risk, status)) {
    news = {.kind = FeedKind::kRisk,
            .call_id = risk.call_id(),
            .turn = risk.turn(),
            .final = !risk.preliminary(),
            .peril = PerilIn(event.payload)};
  } else if (escalation::v1::CallReviewed reviewed; Is(event, reviewed, status)) {
    news = {.kind = FeedKind::kReviewed, .call_id = reviewed.call_id()};
  } else if (escalation::v1::AlertChanged alert; Is(event, alert, status)) {
    news = {.kind = FeedKind::kAlert, .call_id = alert.alert().call_id(), .turn = alert.alert().turn()};
  } else if (knowledge::v1::AdviceGiven advice; Is(event, advice, status)) {
    news = {.kind = FeedKind::kAdvice, .call_id = advice.call_id(), .turn = advice.turn()};
  } else {
    return absl::OkStatus();
  }
  if (!status.ok()) return status;
  news.payload = event.payload;
  return drafting.Take(tx, news, wall);
}

absl::Status TakeFollowUpEvent(const CaseDesk& desk, Transaction& tx, const Event& event, Time wall) {
  absl::Status status;
  followup::v1::FollowUpRecorded recorded;
  if (!Is(event, recorded, status)) return absl::OkStatus();
  if (!status.ok()) return status;
  const auto& follow_up = recorded.follow_up();
  const auto& outcome = follow_up.outcome();
  std::optional<Rating> rating = contracts::FromProto<Rating>(outcome.department_rating());
  if (!rating) rating = contracts::FromProto<Rating>(outcome.hotline_rating());
  return desk.FollowUp(tx, follow_up.case_no(),
                       {.contacted = outcome.contacted(),
                        .solved = outcome.solved(),
                        .must_reopen = recorded.must_reopen(),
                        .rating = rating,
                        .reason = recorded.reason(),
                        .at = event.time},
                       follow_up.actor(), wall);
}

}  // namespace hotline::intake
