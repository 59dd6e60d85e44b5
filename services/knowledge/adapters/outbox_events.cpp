#include "knowledge/adapters/outbox_events.h"

#include "knowledge/adapters/messages.h"
#include "platform/bus/topics.h"

namespace hotline::knowledge {
namespace {

void Publish(Transaction& tx, std::string_view topic, std::string key, Time at,
             const google::protobuf::Message& message) {
  tx.Publish(
      topic,
      {.type = message.GetTypeName(), .key = std::move(key), .time = at, .payload = message.SerializeAsString()});
}

}  // namespace

void OutboxEvents::Changed(Transaction& tx, const Article& article, std::int64_t knowledge_version, Time at) {
  v1::ArticleChanged message;
  *message.mutable_article() = ToMessage(article);
  message.set_knowledge_version(knowledge_version);
  Publish(tx, platform::kKnowledgeTopic, article.id, at, message);
}

void OutboxEvents::Changed(Transaction& tx, const Phrase& phrase, std::int64_t knowledge_version, Time at) {
  v1::PhraseChanged message;
  *message.mutable_phrase() = ToMessage(phrase);
  message.set_knowledge_version(knowledge_version);
  Publish(tx, platform::kKnowledgeTopic, phrase.id, at, message);
}

void OutboxEvents::Given(Transaction& tx, const Advice& advice) {
  Publish(tx, platform::kAdviceTopic, advice.site + "/" + advice.call_id, advice.said_at, ToMessage(advice));
}

}  // namespace hotline::knowledge
