#include "intake/adapters/understanding_messages.h"

#include <stdexcept>
#include <string>

#include <hotline/classification/v1/classification_events.pb.h>
#include <hotline/escalation/v1/escalation_events.pb.h>
#include <hotline/knowledge/v1/knowledge_events.pb.h>

#include "contracts/enums.h"

namespace hotline::intake {
namespace {

namespace classification = hotline::classification::v1;

template <typename Message>
Message Parse(std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    throw std::runtime_error{"no " + message.GetTypeName()};
  }
  return message;
}

Slot* SlotFor(Slots& slots, classification::SlotName name) {
  switch (name) {
    case classification::SLOT_NAME_WHO: return &slots.who;
    case classification::SLOT_NAME_WHEN: return &slots.when;
    case classification::SLOT_NAME_WHERE: return &slots.where;
    case classification::SLOT_NAME_CAUSE: return &slots.cause;
    case classification::SLOT_NAME_COURSE: return &slots.course;
    default: return nullptr;  // A newer classification may find more.
  }
}

void ReadLists(const classification::UnderstoodCase& from, UnderstoodMatter& to) {
  for (const auto& topic : from.topics()) {
    to.topics.push_back({.topic = topic.label(), .subtopic = topic.sublabel(), .probability = topic.probability()});
  }
  to.departments.assign(from.departments().begin(), from.departments().end());
  for (const int intent : from.intents()) {
    if (intent != 0) to.intents.push_back(static_cast<Intent>(intent));
  }
  for (const auto& found : from.slots()) {
    Slot* slot = SlotFor(to.slots, found.name());
    if (slot == nullptr || !slot->words.empty()) continue;  // The first is the best.
    *slot = {.words = found.words(), .turn = found.turn(), .normal = found.normal()};
  }
  for (const auto& evidence : from.evidence()) {
    to.evidence.push_back({.code = evidence.code(), .words = evidence.words(), .turn = evidence.turn()});
  }
}

UnderstoodMatter Read(const classification::UnderstoodCase& from) {
  UnderstoodMatter to;
  to.kind = contracts::FromProto<CaseKind>(from.kind());
  to.dispatch_basis = from.dispatch_basis();
  to.dispatch_confidence = from.dispatch_confidence();
  to.title = from.title();
  to.summary = from.summary();
  to.legal_route = from.legal_route();
  to.emergency_number = from.emergency_number();
  to.hot_issue = from.hot_issue();
  to.confidential = from.confidential();
  to.crisis = from.crisis();
  to.question = from.question();
  to.answered_in_call = from.answered_in_call();
  ReadLists(from, to);
  return to;
}

}  // namespace

CallUnderstanding UnderstandingIn(std::string_view call_understood) {
  const auto message = Parse<classification::CallUnderstood>(call_understood);
  CallUnderstanding understanding;
  for (const auto& matter : message.cases()) understanding.matters.push_back(Read(matter));
  understanding.caller_tags.assign(message.caller_tags().begin(), message.caller_tags().end());
  return understanding;
}

std::optional<KnowledgeAnswer> AnswerIn(std::string_view advice_given) {
  const auto message = Parse<knowledge::v1::AdviceGiven>(advice_given);
  if (!message.has_answer()) return std::nullopt;
  const auto& answer = message.answer();
  return KnowledgeAnswer{.question = answer.question(),
                         .article_id = answer.article_id(),
                         .document_number = answer.document_number(),
                         .clause = answer.clause(),
                         .effective_from = answer.effective_from(),
                         .text = answer.text(),
                         .confidence = answer.confidence(),
                         .unconfirmed = answer.unconfirmed()};
}

std::optional<HeardPeril> PerilIn(std::string_view risk_assessed) {
  constexpr int kMostReasons = 3;  // The strongest come first.
  const auto message = Parse<escalation::v1::TurnRiskAssessed>(risk_assessed);
  const auto peril = contracts::FromProto<Peril>(message.peril());
  if (message.level() != common::v1::RISK_LEVEL_RED || !peril) return std::nullopt;
  HeardPeril heard{.peril = *peril, .evidence = {}};
  for (const auto& reason : message.reasons()) {
    if (static_cast<int>(heard.evidence.size()) == kMostReasons) break;
    heard.evidence.push_back({.code = reason.code(), .words = reason.words(), .turn = reason.turn()});
  }
  return heard;
}

bool IsFalseRed(std::string_view alert_changed) {
  const auto message = Parse<escalation::v1::AlertChanged>(alert_changed);
  return message.alert().level() == common::v1::RISK_LEVEL_RED &&
         message.alert().verdict() == escalation::v1::VERDICT_FALSE_ALARM;
}

}  // namespace hotline::intake
