#include "classification/adapters/messages.h"

#include "contracts/enums.h"

namespace hotline::classification {
namespace {

using contracts::ToProto;

v1::FoundSlot ToMessage(const FoundSlot& slot) {
  v1::FoundSlot message;
  message.set_name(ToProto<v1::SlotName>(slot.name));
  message.set_words(slot.words);
  message.set_normal(slot.normal);
  message.set_turn(slot.turn);
  return message;
}

common::v1::Evidence ToMessage(const Evidence& evidence) {
  common::v1::Evidence message;
  message.set_code(evidence.code);
  message.set_words(evidence.words);
  message.set_turn(evidence.turn);
  return message;
}

}  // namespace

v1::ScoredKind ToMessage(const Scored<CaseKind>& kind) {
  v1::ScoredKind message;
  message.set_kind(ToProto<common::v1::CaseKind>(kind.label));
  message.set_probability(kind.probability);
  return message;
}

v1::ScoredLabel ToMessage(const Scored<std::string>& label) {
  v1::ScoredLabel message;
  message.set_label(label.label);
  message.set_probability(label.probability);
  return message;
}

v1::TurnUnderstood ToMessage(const CallOpening& opening, const Turn& turn, const TurnUnderstanding& understanding,
                             std::string_view model) {
  v1::TurnUnderstood message;
  message.set_call_id(opening.call_id);
  message.set_site(opening.site);
  message.set_turn(turn.number);
  message.set_speaker(ToProto<common::v1::Speaker>(turn.speaker));
  if (understanding.emotion) message.set_emotion(ToProto<common::v1::Emotion>(*understanding.emotion));
  message.set_emotion_confidence(understanding.emotion_confidence);
  message.mutable_emotions()->Add(understanding.emotions.begin(), understanding.emotions.end());
  for (const auto& kind : understanding.kinds) *message.add_kinds() = ToMessage(kind);
  for (const auto& topic : understanding.topics) *message.add_topics() = ToMessage(topic);
  for (const Intent intent : understanding.intents) message.add_intents(ToProto<common::v1::Intent>(intent));
  for (const FoundSlot& slot : understanding.slots) *message.add_slots() = ToMessage(slot);
  message.set_open_question(understanding.open_question);
  for (const Evidence& evidence : understanding.evidence) *message.add_evidence() = ToMessage(evidence);
  message.set_model(std::string{model});
  message.set_said_at_ms(turn.said_at.time_since_epoch().count());
  message.set_text(turn.text);
  message.mutable_caller_tags()->Add(opening.caller_tags.begin(), opening.caller_tags.end());
  message.set_region(opening.region);
  message.set_matter(understanding.matter);
  message.mutable_satisfaction()->Add(understanding.satisfaction.begin(), understanding.satisfaction.end());
  for (const SentenceActs& sentence : understanding.acts) {
    v1::SentenceActs& acts = *message.add_acts();
    for (const auto& act : sentence.acts) *acts.add_acts() = ToMessage(act);
    for (const auto& fault : sentence.faults) *acts.add_faults() = ToMessage(fault);
  }
  if (understanding.course) {
    message.mutable_course()->set_model(understanding.course->model);
    message.mutable_course()->mutable_values()->Add(understanding.course->values.begin(),
                                                    understanding.course->values.end());
  }
  if (understanding.concern) {
    message.mutable_concern()->set_linear_weight(understanding.concern->linear);
    for (const auto& [name, score] : understanding.concern->scores) {
      v1::ScoredConcern& scored = *message.mutable_concern()->add_scores();
      scored.set_concern(name);
      scored.set_score(score);
    }
  }
  return message;
}

v1::UnderstoodCase ToMessage(const UnderstoodCase& understood) {
  v1::UnderstoodCase message;
  message.set_kind(ToProto<common::v1::CaseKind>(understood.kind));
  message.set_kind_probability(understood.kind_probability);
  for (const auto& topic : understood.topics) *message.add_topics() = ToMessage(topic);
  for (const std::string& department : understood.departments) message.add_departments(department);
  message.set_dispatch_basis(understood.dispatch_basis);
  message.set_dispatch_confidence(understood.dispatch_confidence);
  for (const Intent intent : understood.intents) message.add_intents(ToProto<common::v1::Intent>(intent));
  for (const FoundSlot& slot : understood.slots) *message.add_slots() = ToMessage(slot);
  message.set_title(understood.title);
  message.set_summary(understood.summary);
  message.set_legal_route(understood.legal_route);
  message.set_emergency_number(understood.emergency_number);
  message.set_hot_issue(understood.hot_issue);
  message.set_confidential(understood.confidential);
  message.set_crisis(understood.crisis);
  message.set_question(understood.question);
  for (const Evidence& evidence : understood.evidence) *message.add_evidence() = ToMessage(evidence);
  message.set_answered_in_call(understood.answered_in_call);
  return message;
}

v1::CallUnderstood ToMessage(const CallOpening& opening, const CallUnderstanding& understanding,
                             std::string_view model) {
  v1::CallUnderstood message;
  message.set_call_id(opening.call_id);
  message.set_site(opening.site);
  message.set_last_turn(understanding.last_turn);
  for (const UnderstoodCase& understood : understanding.cases) *message.add_cases() = ToMessage(understood);
  for (const std::string& tag : understanding.caller_tags) message.add_caller_tags(tag);
  message.set_model(std::string{model});
  message.set_recorded_kind_differs(understanding.recorded_kind_differs);
  if (understanding.soothed) {
    v1::SoothedScores& soothed = *message.mutable_soothed();
    soothed.set_nobody_upset(understanding.soothed->nobody_upset);
    soothed.set_soothed(understanding.soothed->soothed);
    soothed.set_explained(understanding.soothed->explained);
  }
  return message;
}

CallerReading ReadingFrom(const v1::TurnUnderstood& understood) {
  TurnUnderstanding read;
  read.emotion = *contracts::FromProto<Emotion>(understood.emotion());
  if (understood.has_concern()) {
    read.concern.emplace();
    for (const v1::ScoredConcern& scored : understood.concern().scores())
      read.concern->scores.emplace_back(scored.concern(), scored.score());
  }
  return ReadingOf(read);
}

}  // namespace hotline::classification
