#include "knowledge/adapters/turn_events.h"

#include <hotline/classification/v1/classification_events.pb.h>

#include "contracts/enums.h"

namespace hotline::knowledge {
namespace {

using classification::v1::TurnUnderstood;

SpokenTurn FromMessage(const TurnUnderstood& message) {
  SpokenTurn turn{
      .call_id = message.call_id(),
      .site = message.site(),
      .region = message.region(),
      .turn = message.turn(),
      .said_at = Time{std::chrono::milliseconds{message.said_at_ms()}},
      .emotion = contracts::FromProto<language::Emotion>(message.emotion()).value_or(language::Emotion::kCalm),
      .caller_tags = {message.caller_tags().begin(), message.caller_tags().end()},
      .text = message.text(),
      .question = message.open_question(),
      .matter = message.matter()};
  for (const auto& evidence : message.evidence()) turn.evidence_codes.push_back(evidence.code());
  for (const auto& slot : message.slots()) {
    turn.says_where = turn.says_where || slot.name() == classification::v1::SLOT_NAME_WHERE ||
                      slot.name() == classification::v1::SLOT_NAME_WHEN;
  }
  return turn;
}

}  // namespace

absl::Status TakeAssessment(const Advisor& advisor, Transaction& tx, const platform::Event& event) {
  if (event.type != TurnUnderstood::descriptor()->full_name()) return absl::OkStatus();
  TurnUnderstood message;
  if (!message.ParseFromString(event.payload)) return absl::InvalidArgumentError("payload is no " + event.type);
  if (message.speaker() != common::v1::SPEAKER_CALLER) return absl::OkStatus();
  return advisor.Advise(tx, FromMessage(message));
}

}  // namespace hotline::knowledge
