#include "classification/adapters/outbox_events.h"

#include "classification/adapters/messages.h"
#include "platform/bus/topics.h"

namespace hotline::classification {
namespace {

void Publish(platform::Transaction& tx, const CallOpening& opening, Time at, const google::protobuf::Message& message) {
  tx.Publish(platform::kAssessmentsTopic, {.type = message.GetTypeName(),
                                           .key = opening.site + "/" + opening.call_id,
                                           .time = at,
                                           .payload = message.SerializeAsString()});
}

}  // namespace

void OutboxEvents::TurnUnderstood(platform::Transaction& tx, const CallOpening& opening, const Turn& turn,
                                  const TurnUnderstanding& understanding, std::string_view model) {
  Publish(tx, opening, turn.said_at, ToMessage(opening, turn, understanding, model));
}

void OutboxEvents::CallUnderstood(platform::Transaction& tx, const CallOpening& opening,
                                  const CallUnderstanding& understanding, std::string_view model, Time at) {
  Publish(tx, opening, at, ToMessage(opening, understanding, model));
}

}  // namespace hotline::classification
