#include "intake/adapters/outbox_events.h"

#include <hotline/intake/v1/intake_events.pb.h>

#include "contracts/enums.h"
#include "contracts/timestamp.h"
#include "intake/adapters/case_messages.h"
#include "platform/bus/topics.h"

namespace hotline::intake {
namespace {

namespace common = hotline::common::v1;
using contracts::ToProto;
using contracts::ToTimestamp;

template <typename Message>
void Publish(Transaction& tx, std::string_view topic, std::string_view site, std::string_view id, Time at,
             const Message& message) {
  platform::Event event;
  event.type = message.GetTypeName();
  event.key = std::string{site} + "/" + std::string{id};
  event.time = at;
  event.payload = message.SerializeAsString();
  tx.Publish(topic, std::move(event));
}

}  // namespace

void OutboxEvents::CallOpened(Transaction& tx, const Call& call, const std::vector<EarlierCase>& history) {
  v1::CallOpened message;
  message.set_call_id(call.call_id);
  message.set_site(call.site);
  message.set_region(call.region);
  message.set_channel(ToProto<common::Channel>(call.channel));
  *message.mutable_started_at() = ToTimestamp(call.started_at);
  message.set_caller_token(call.caller_token);
  message.mutable_caller_tags()->Assign(call.caller_tags.begin(), call.caller_tags.end());
  for (const EarlierCase& earlier : history) ToMessage(earlier, *message.add_history());
  message.set_message(call.message);
  Publish(tx, platform::kCallsTopic, call.site, call.call_id, call.started_at, message);
}

void OutboxEvents::TurnAppended(Transaction& tx, const Call& call, const Turn& turn) {
  v1::TurnAppended message;
  message.set_call_id(call.call_id);
  message.set_site(call.site);
  message.set_turn(turn.turn);
  message.set_speaker(ToProto<common::Speaker>(turn.speaker));
  message.set_at_ms(turn.at_ms);
  *message.mutable_said_at() = ToTimestamp(call.At(turn.at_ms));
  message.set_text(turn.text);
  message.set_title(turn.title);
  Publish(tx, platform::kCallsTopic, call.site, call.call_id, call.At(turn.at_ms), message);
}

void OutboxEvents::CallClosed(Transaction& tx, const Call& call, std::optional<CaseKind> recorded_kind) {
  v1::CallClosed message;
  message.set_call_id(call.call_id);
  message.set_site(call.site);
  message.set_last_turn(call.last_turn);
  *message.mutable_closed_at() = ToTimestamp(*call.closed_at);
  if (recorded_kind) message.set_recorded_kind(ToProto<common::CaseKind>(*recorded_kind));
  Publish(tx, platform::kCallsTopic, call.site, call.call_id, *call.closed_at, message);
}

void OutboxEvents::CaseChanged(Transaction& tx, const Case& filed, const CaseChange& change) {
  v1::CaseChanged message;
  ToMessage(filed, *message.mutable_case_());
  ToMessage(change, *message.mutable_change());
  Publish(tx, platform::kCasesTopic, filed.site, filed.case_no, change.at, message);
}

}  // namespace hotline::intake
