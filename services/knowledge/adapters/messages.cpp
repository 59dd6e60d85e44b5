#include "knowledge/adapters/messages.h"

#include "contracts/enums.h"
#include "contracts/timestamp.h"

namespace hotline::knowledge {
namespace {

google::protobuf::Timestamp ToTimestamp(std::int64_t milliseconds) {
  return contracts::ToTimestamp(Time{std::chrono::milliseconds{milliseconds}});
}

}  // namespace

v1::Article ToMessage(const Article& article) {
  v1::Article message;
  message.set_article_id(article.id);
  message.set_version(article.version);
  message.set_title(article.title);
  message.set_site(article.site);
  message.set_region(article.region);
  message.set_document_number(article.document_number);
  message.set_clause(article.clause);
  message.set_effective_from(article.effective_from);
  message.set_effective_to(article.effective_to);
  message.set_supersedes(article.supersedes);
  message.set_department(article.department);
  message.set_text(article.text);
  message.mutable_questions()->Add(article.questions.begin(), article.questions.end());
  message.set_retired(article.retired);
  *message.mutable_changed_at() = ToTimestamp(article.changed_at_ms);
  return message;
}

Article FromMessage(const v1::Article& message) {
  return {.id = message.article_id(),
          .version = message.version(),
          .title = message.title(),
          .site = message.site(),
          .region = NormalRegion(message.region()),
          .document_number = message.document_number(),
          .clause = message.clause(),
          .effective_from = message.effective_from(),
          .effective_to = message.effective_to(),
          .supersedes = message.supersedes(),
          .department = message.department(),
          .text = message.text(),
          .questions = {message.questions().begin(), message.questions().end()},
          .retired = message.retired()};
}

v1::Phrase ToMessage(const Phrase& phrase) {
  v1::Phrase message;
  message.set_phrase_id(phrase.id);
  message.set_situation(phrase.situation);
  message.set_audience(phrase.audience);
  if (phrase.emotion) message.set_emotion(contracts::ToProto<common::v1::Emotion>(*phrase.emotion));
  message.set_text(phrase.text);
  message.set_avoid(phrase.avoid);
  message.set_retired(phrase.retired);
  return message;
}

Phrase FromMessage(const v1::Phrase& message) {
  return {.id = message.phrase_id(),
          .situation = message.situation(),
          .audience = message.audience(),
          .emotion = contracts::FromProto<language::Emotion>(message.emotion()),
          .text = message.text(),
          .avoid = message.avoid(),
          .retired = message.retired()};
}

v1::Gap ToMessage(const Gap& gap) {
  v1::Gap message;
  message.set_question(gap.question);
  message.set_matter(gap.matter);
  message.set_region(gap.region);
  message.set_times_asked(static_cast<std::int32_t>(gap.times_asked));
  *message.mutable_last_asked_at() = ToTimestamp(gap.last_asked_ms);
  message.set_reason(contracts::ToProto<v1::NoAnswerReason>(gap.reason));
  return message;
}

v1::ServedAnswer ToMessage(const ServedAnswer& served) {
  v1::ServedAnswer message;
  message.set_call_id(served.call_id);
  message.set_turn(static_cast<std::int32_t>(served.turn));
  message.set_question(served.question);
  message.set_article_id(served.article_id);
  message.set_article_version(served.article_version);
  *message.mutable_served_at() = ToTimestamp(served.served_ms);
  message.set_region(served.region);
  return message;
}

v1::Answer ToMessage(const Candidate& answer, std::string_view question) {
  const Article& article = answer.article;
  v1::Answer message;
  message.set_question(std::string{question});
  message.set_article_id(article.id);
  message.set_article_version(article.version);
  message.set_title(article.title);
  message.set_document_number(article.document_number);
  message.set_clause(article.clause);
  message.set_effective_from(article.effective_from);
  message.set_effective_to(article.effective_to);
  message.set_region(article.region);
  message.set_department(article.department);
  message.set_text(article.text);
  message.set_confidence(answer.coverage);
  return message;
}

v1::AdviceGiven ToMessage(const Advice& advice) {
  v1::AdviceGiven message;
  message.set_call_id(advice.call_id);
  message.set_site(advice.site);
  message.set_turn(advice.turn);
  if (advice.phrase) *message.mutable_phrase() = ToMessage(*advice.phrase);
  if (advice.answer) *message.mutable_answer() = ToMessage(*advice.answer, advice.question);
  if (advice.unconfirmed_s) {
    message.mutable_answer()->set_unconfirmed(true);
    message.mutable_answer()->set_age_seconds(static_cast<double>(*advice.unconfirmed_s));
  }
  message.set_note(advice.note);
  message.set_gap(advice.gap);
  message.set_knowledge_version(advice.knowledge_version);
  return message;
}

}  // namespace hotline::knowledge
