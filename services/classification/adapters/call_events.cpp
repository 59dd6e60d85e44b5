#include "classification/adapters/call_events.h"

#include <hotline/intake/v1/intake_events.pb.h>

#include "contracts/enums.h"
#include "contracts/timestamp.h"

namespace hotline::classification {
namespace {

absl::Status Unreadable(const platform::Event& event) {
  return absl::InvalidArgumentError("payload is no " + event.type);
}

absl::Status Take(const Assessments& assessments, platform::Transaction& tx, const intake::v1::CallOpened& opened) {
  CallOpening opening{.call_id = opened.call_id(),
                      .site = opened.site(),
                      .region = opened.region(),
                      .started_at = contracts::FromTimestamp(opened.started_at()).value_or(Time{}),
                      .caller_tags = {opened.caller_tags().begin(), opened.caller_tags().end()},
                      .message = opened.message()};
  return assessments.Open(tx, opening);
}

absl::Status Take(const Assessments& assessments, platform::Transaction& tx, const intake::v1::TurnAppended& appended) {
  const auto speaker = contracts::FromProto<Speaker>(appended.speaker());
  if (!speaker) return absl::InvalidArgumentError("a turn of nobody");
  return assessments.Hear(tx, appended.call_id(),
                          {.number = appended.turn(),
                           .speaker = *speaker,
                           .text = appended.text(),
                           .said_at = contracts::FromTimestamp(appended.said_at()).value_or(Time{}),
                           .title = appended.title()});
}

absl::Status Take(const Assessments& assessments, platform::Transaction& tx, const intake::v1::CallClosed& closed) {
  return assessments.Close(tx, closed.call_id(), contracts::FromProto<CaseKind>(closed.recorded_kind()),
                           contracts::FromTimestamp(closed.closed_at()).value_or(Time{}));
}

/// Applies the event if it is a Message; false when it is of another type.
template <typename Message>
bool TakeIf(const Assessments& assessments, platform::Transaction& tx, const platform::Event& event,
            absl::Status& status) {
  if (event.type != Message::descriptor()->full_name()) return false;
  Message message;
  status = message.ParseFromString(event.payload) ? Take(assessments, tx, message) : Unreadable(event);
  return true;
}

}  // namespace

absl::Status TakeCallEvent(const Assessments& assessments, platform::Transaction& tx, const platform::Event& event) {
  absl::Status status;
  (void)(TakeIf<intake::v1::TurnAppended>(assessments, tx, event, status) ||
         TakeIf<intake::v1::CallOpened>(assessments, tx, event, status) ||
         TakeIf<intake::v1::CallClosed>(assessments, tx, event, status));
  return status;
}

}  // namespace hotline::classification
