#include "intake/adapters/case_messages.h"

#include <hotline/intake/v1/case.pb.h>
#include <hotline/intake/v1/intake_events.pb.h>

#include "contracts/enums.h"
#include "contracts/timestamp.h"

namespace hotline::intake {
namespace {

namespace common = hotline::common::v1;
using contracts::ToProto;
using contracts::ToTimestamp;

void ToMessage(const Slot& from, v1::Slot* to) {
  to->set_words(from.words);
  to->set_turn(from.turn);
  to->set_normal(from.normal);
}

void Put(const Slots& from, v1::Slots& to) {
  if (!from.who.words.empty()) ToMessage(from.who, to.mutable_who());
  if (!from.when.words.empty()) ToMessage(from.when, to.mutable_when());
  if (!from.where.words.empty()) ToMessage(from.where, to.mutable_where());
  if (!from.cause.words.empty()) ToMessage(from.cause, to.mutable_cause());
  if (!from.course.words.empty()) ToMessage(from.course, to.mutable_course());
}

/// What the machine understood.
void PutUnderstanding(const Case& from, v1::Case& to) {
  if (from.kind) to.set_kind(ToProto<common::CaseKind>(*from.kind));
  to.set_topic(from.topic);
  for (const ScoredTopic& topic : from.topics) {
    v1::ScoredTopic& scored = *to.add_topics();
    scored.set_topic(topic.topic);
    scored.set_subtopic(topic.subtopic);
    scored.set_probability(topic.probability);
  }
  to.mutable_departments()->Assign(from.departments.begin(), from.departments.end());
  to.set_dispatch_basis(from.dispatch_basis);
  for (const Intent intent : from.intents) to.add_intents(ToProto<common::Intent>(intent));
  Put(from.slots, *to.mutable_slots());
  to.set_hot_issue(from.hot_issue);
  for (const Evidence& one : from.evidence) {
    common::Evidence& evidence = *to.add_evidence();
    evidence.set_code(one.code);
    evidence.set_words(one.words);
    evidence.set_turn(one.turn);
  }
}

/// How often it came back.
void PutCounts(const Case& from, v1::Case& to) {
  to.set_repeats(from.repeats);
  to.set_urges(from.urges);
  to.set_returns(from.returns);
  to.set_reopenings(from.reopenings);
}

}  // namespace

void ToMessage(const Case& from, v1::Case& to) {
  to.set_case_no(from.case_no);
  to.set_site(from.site);
  to.set_region(from.region);
  to.set_channel(ToProto<common::Channel>(from.channel));
  to.set_call_id(from.call_id);
  to.set_external_id(from.external_id);
  to.set_state(ToProto<common::CaseState>(from.state));
  to.set_title(from.title);
  to.set_text(from.text);
  *to.mutable_opened_at() = ToTimestamp(from.opened_at);
  if (from.due_at) *to.mutable_due_at() = ToTimestamp(*from.due_at);
  to.set_version(from.version);
  to.set_parent_case_no(from.parent_case_no);
  to.set_confidential(from.confidential);
  to.set_crisis(from.crisis);
  to.set_supervised(from.supervised);
  to.mutable_caller_tags()->Assign(from.caller_tags.begin(), from.caller_tags.end());
  to.set_caller_token(from.caller_token);
  to.set_reply(from.reply);
  to.set_route(from.route);
  *to.mutable_updated_at() = ToTimestamp(from.updated_at);
  to.set_touched(from.touched);
  if (from.satisfaction) to.set_satisfaction(ToProto<common::Rating>(*from.satisfaction));
  PutUnderstanding(from, to);
  PutCounts(from, to);
}

void ToMessage(const CaseChange& from, v1::CaseChange& to) {
  to.set_case_no(from.case_no);
  to.set_version(from.version);
  to.set_action(ToProto<v1::CaseChange::Action>(from.action));
  if (from.from_state) to.set_from_state(ToProto<common::CaseState>(*from.from_state));
  to.set_to_state(ToProto<common::CaseState>(from.to_state));
  to.set_reason(from.reason);
  to.set_actor(from.actor);
  *to.mutable_at() = ToTimestamp(from.at);
}

void ToMessage(const EarlierCase& from, v1::EarlierCase& to) {
  to.set_case_no(from.case_no);
  *to.mutable_at() = ToTimestamp(from.at);
  to.set_summary(from.summary);
  to.set_state(ToProto<common::CaseState>(from.state));
  if (from.satisfaction) to.set_satisfaction(ToProto<common::Rating>(*from.satisfaction));
  if (from.kind) to.set_kind(ToProto<common::CaseKind>(*from.kind));
  to.set_topic(from.topic);
  if (from.due_at) *to.mutable_due_at() = ToTimestamp(*from.due_at);
  to.set_reopenings(from.reopenings);
  to.set_returns(from.returns);
}

}  // namespace hotline::intake
