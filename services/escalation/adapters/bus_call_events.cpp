#include "escalation/adapters/bus_call_events.h"

#include "escalation/adapters/messages.h"
#include "platform/bus/topics.h"

namespace hotline::escalation {
namespace {

void Publish(platform::Transaction& tx, std::string_view topic, std::string_view site, std::string_view call_id,
             Time at, const google::protobuf::Message& message) {
  tx.Publish(topic, {.type = message.GetTypeName(),
                     .key = std::string{site} + "/" + std::string{call_id},
                     .time = at,
                     .payload = message.SerializeAsString()});
}

}  // namespace

void BusCallEvents::RiskAssessed(platform::Transaction& tx, const CallOpening& opening, const TurnRisk& risk,
                                 bool preliminary, std::string_view model, Time at) {
  Publish(tx, platform::kAssessmentsTopic, opening.site, opening.call_id, at,
          ToMessage(opening, risk, preliminary, model));
}

void BusCallEvents::CallReviewed(platform::Transaction& tx, const CallOpening& opening, const Conduct& conduct,
                                 Time at) {
  v1::CallReviewed message;
  message.set_call_id(opening.call_id);
  message.set_site(opening.site);
  *message.mutable_conduct() = ToMessage(conduct);
  Publish(tx, platform::kAssessmentsTopic, opening.site, opening.call_id, at, message);
}

void BusCallEvents::AlertChanged(platform::Transaction& tx, const Alert& alert, Time at) {
  v1::AlertChanged message;
  *message.mutable_alert() = ToMessage(alert);
  Publish(tx, platform::kAlertsTopic, alert.site, alert.call_id, at, message);
}

}  // namespace hotline::escalation
