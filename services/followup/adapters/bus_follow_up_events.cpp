#include "followup/adapters/bus_follow_up_events.h"

#include "followup/adapters/messages.h"
#include "platform/bus/topics.h"

namespace hotline::followup {
namespace {

void Publish(platform::Transaction& tx, const FollowUp& follow_up, Time at, const google::protobuf::Message& message) {
  tx.Publish(platform::kFollowUpsTopic, {.type = message.GetTypeName(),
                                         .key = follow_up.site + "/" + follow_up.case_no,
                                         .time = at,
                                         .payload = message.SerializeAsString()});
}

}  // namespace

void BusFollowUpEvents::Scheduled(platform::Transaction& tx, const FollowUp& follow_up, Time at) {
  v1::FollowUpScheduled message;
  *message.mutable_follow_up() = ToMessage(follow_up);
  Publish(tx, follow_up, at, message);
}

void BusFollowUpEvents::Recorded(platform::Transaction& tx, const FollowUp& follow_up, Time at) {
  v1::FollowUpRecorded message;
  *message.mutable_follow_up() = ToMessage(follow_up);
  message.set_must_reopen(MustReopen(*follow_up.outcome));
  message.set_reason(ReopenReason(*follow_up.outcome));
  message.set_caller_token(follow_up.caller_token);
  Publish(tx, follow_up, at, message);
}

}  // namespace hotline::followup
