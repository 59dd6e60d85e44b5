#include "escalation/adapters/sibling_events.h"

#include <hotline/classification/v1/classification_events.pb.h>
#include <hotline/intake/v1/intake_events.pb.h>

#include "contracts/enums.h"
#include "contracts/timestamp.h"
#include "escalation/adapters/messages.h"

namespace hotline::escalation {
namespace {

using platform::Event;

/// Whether `event` carries a `Message`; then it is read into `message`.
template <typename Message>
bool Is(const Event& event, Message& message, absl::Status& status) {
  if (event.type != Message::descriptor()->full_name()) return false;
  if (!message.ParseFromString(event.payload)) status = absl::InvalidArgumentError("payload is no " + event.type);
  return true;
}

/// The subject line of a letter is what it says first.
std::string TextOf(const intake::v1::TurnAppended& appended) {
  return appended.title().empty() ? appended.text() : appended.title() + "\n" + appended.text();
}

absl::Status Take(const Assessments& assessments, platform::Transaction& tx, const intake::v1::TurnAppended& appended,
                  Time wall) {
  const auto speaker = contracts::FromProto<Speaker>(appended.speaker());
  if (!speaker) return absl::InvalidArgumentError("a turn of nobody");
  return assessments.Hear(tx, appended.call_id(), appended.site(),
                          {.number = appended.turn(),
                           .speaker = *speaker,
                           .at_ms = appended.at_ms(),
                           .said_at = contracts::FromTimestamp(appended.said_at()).value_or(Time{}),
                           .text = TextOf(appended)},
                          wall);
}

}  // namespace

absl::Status TakeCallEvent(const Assessments& assessments, platform::Transaction& tx, const Event& event, Time wall) {
  absl::Status status;
  if (intake::v1::TurnAppended appended; Is(event, appended, status)) {
    return status.ok() ? Take(assessments, tx, appended, wall) : status;
  }
  if (intake::v1::CallOpened opened; Is(event, opened, status)) {
    return status.ok() ? assessments.Open(tx, OpeningFrom(opened)) : status;
  }
  if (intake::v1::CallClosed closed; Is(event, closed, status)) {
    if (!status.ok()) return status;
    return assessments.Close(tx, closed.call_id(), closed.site(), closed.last_turn(),
                             contracts::FromTimestamp(closed.closed_at()).value_or(Time{}), wall);
  }
  return absl::OkStatus();
}

absl::Status TakeReading(const Assessments& assessments, platform::Transaction& tx, const Event& event, Time wall) {
  absl::Status status;
  if (classification::v1::CallUnderstood call; Is(event, call, status)) {
    if (!status.ok()) return status;
    const std::optional<SoothedVoice> soothed =
        call.has_soothed() ? std::optional{SoothedFrom(call.soothed())} : std::nullopt;
    return assessments.UnderstandCall(tx, call.call_id(), call.site(), soothed, wall);
  }
  classification::v1::TurnUnderstood understood;
  if (!Is(event, understood, status) || !status.ok()) return status;
  const std::optional<TurnReading> reading = ReadingFrom(understood);
  if (!reading) {  // The agent's.
    const std::vector<HeardSentence> sentences = SentencesFrom(understood);
    if (sentences.empty()) return absl::OkStatus();
    return assessments.HearSentences(tx, understood.call_id(), understood.turn(), sentences);
  }
  return assessments.Understand(tx, understood.call_id(), understood.site(), understood.turn(), *reading, wall);
}

}  // namespace hotline::escalation
