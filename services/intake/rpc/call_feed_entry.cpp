#include "intake/rpc/call_feed_entry.h"

#include <stdexcept>

#include "intake/adapters/case_messages.h"

namespace hotline::intake {
namespace {

template <typename Message>
void Parse(const std::string& payload, Message& message) {
  if (!message.ParseFromString(payload)) throw std::runtime_error{"call_feed holds no " + message.GetTypeName()};
}

}  // namespace

std::optional<v1::WatchCallResponse> EntryMessage(const FeedEntry& entry, const Call& call, CaseTable& cases,
                                                  Session& session) {
  v1::WatchCallResponse message;
  message.set_cursor(entry.position);
  switch (entry.kind) {
    case FeedKind::kTurnUnderstood: Parse(entry.payload, *message.mutable_understood()); return message;
    case FeedKind::kRisk: Parse(entry.payload, *message.mutable_risk()); return message;
    case FeedKind::kAdvice: Parse(entry.payload, *message.mutable_advice()); return message;
    case FeedKind::kReviewed: Parse(entry.payload, *message.mutable_reviewed()); return message;
    case FeedKind::kAlert: {
      escalation::v1::AlertChanged changed;
      Parse(entry.payload, changed);
      *message.mutable_alert() = changed.alert();
      return message;
    }
    case FeedKind::kSettled:
      for (const Case& filed : cases.OfCall(session, call.call_id))
        ToMessage(filed, *message.mutable_settled()->add_cases());
      message.mutable_settled()->set_understood(call.understood);
      return message;
    case FeedKind::kCallUnderstood: break;  // Seen in the cases that it drafts.
  }
  return std::nullopt;
}

}  // namespace hotline::intake
