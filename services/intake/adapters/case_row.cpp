#include "intake/adapters/case_row.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "intake/adapters/sql_text.h"

namespace hotline::intake {
namespace {

using nlohmann::json;
using platform::Row;
using platform::Value;

constexpr std::string_view kColumns[] = {"case_no",        "site",           "region",
                                         "channel",        "call_id",        "external_id",
                                         "kind",           "topic",          "departments",
                                         "dispatch_basis", "state",          "title",
                                         "body",           "opened_at",      "due_at",
                                         "version",        "parent_case_no", "repeats",
                                         "urges",          "return_count",   "reopenings",
                                         "confidential",   "crisis",         "supervised",
                                         "caller_token",   "reply",          "route",
                                         "updated_at",     "hot_issue",      "touched",
                                         "satisfaction",   "resume_state",   "resume_parent_case_no",
                                         "stopped_at",     "dispatched_at",  "closed_at",
                                         "handling_days",  "extension_days", "unreached",
                                         "understanding"};

/// "|A|B|": a department is found with LIKE '%|B|%'.
std::string Piped(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "|" : "") + name + "|";
  return text;
}

std::vector<std::string> FromPiped(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t at = 1; at < text.size();) {
    const std::size_t end = text.find('|', at);
    names.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

json ToJson(const Slot& slot) {
  return slot.words.empty() ? json(nullptr) : json{{"words", slot.words}, {"turn", slot.turn}, {"normal", slot.normal}};
}

Slot SlotFrom(const json& value) {
  if (value.is_null()) return {};
  return {.words = value.at("words"), .turn = value.at("turn"), .normal = value.at("normal")};
}

bool IsUnderstood(const Case& filed) {
  const auto& [who, when, where, cause, course] = filed.slots;
  return !filed.topics.empty() || !filed.evidence.empty() || !filed.intents.empty() || !filed.caller_tags.empty() ||
         !(who.words + when.words + where.words + cause.words + course.words).empty();
}

std::string WriteUnderstanding(const Case& filed) {
  json topics = json::array();
  for (const ScoredTopic& topic : filed.topics) {
    topics.push_back({{"topic", topic.topic}, {"subtopic", topic.subtopic}, {"probability", topic.probability}});
  }
  json evidence = json::array();
  for (const Evidence& one : filed.evidence) {
    evidence.push_back({{"code", one.code}, {"words", one.words}, {"turn", one.turn}});
  }
  json intents = json::array();
  for (const Intent intent : filed.intents) intents.push_back(static_cast<int>(intent));
  const json all = {{"topics", std::move(topics)},
                    {"evidence", std::move(evidence)},
                    {"intents", std::move(intents)},
                    {"caller_tags", filed.caller_tags},
                    {"slots",
                     {{"who", ToJson(filed.slots.who)},
                      {"when", ToJson(filed.slots.when)},
                      {"where", ToJson(filed.slots.where)},
                      {"cause", ToJson(filed.slots.cause)},
                      {"course", ToJson(filed.slots.course)}}}};
  return all.dump();
}

std::string UnderstandingOf(const Case& filed) {
  static const std::string nothing = WriteUnderstanding({});  // Of most cases when they are filed.
  return IsUnderstood(filed) ? WriteUnderstanding(filed) : nothing;
}

void ReadUnderstanding(const std::string& text, Case& filed) {
  const json all = json::parse(text);
  for (const json& topic : all.at("topics")) {
    filed.topics.push_back(
        {.topic = topic.at("topic"), .subtopic = topic.at("subtopic"), .probability = topic.at("probability")});
  }
  for (const json& one : all.at("evidence")) {
    filed.evidence.push_back({.code = one.at("code"), .words = one.at("words"), .turn = one.at("turn")});
  }
  for (const json& intent : all.at("intents")) filed.intents.push_back(static_cast<Intent>(intent.get<int>()));
  filed.caller_tags = all.at("caller_tags").get<std::vector<std::string>>();
  const json& slots = all.at("slots");
  filed.slots = {.who = SlotFrom(slots.at("who")),
                 .when = SlotFrom(slots.at("when")),
                 .where = SlotFrom(slots.at("where")),
                 .cause = SlotFrom(slots.at("cause")),
                 .course = SlotFrom(slots.at("course"))};
}

}  // namespace

std::span<const std::string_view> CaseColumns() { return kColumns; }

std::vector<Value> CaseValues(const Case& filed) {
  return {filed.case_no,
          filed.site,
          filed.region,
          Number(filed.channel),
          filed.call_id,
          filed.external_id,
          std::int64_t{filed.kind ? static_cast<int>(*filed.kind) : 0},
          filed.topic,
          Piped(filed.departments),
          filed.dispatch_basis,
          Number(filed.state),
          filed.title,
          filed.text,
          TimeValue(filed.opened_at),
          Nullable(filed.due_at),
          filed.version,
          filed.parent_case_no,
          std::int64_t{filed.repeats},
          std::int64_t{filed.urges},
          std::int64_t{filed.returns},
          std::int64_t{filed.reopenings},
          std::int64_t{filed.confidential},
          std::int64_t{filed.crisis},
          std::int64_t{filed.supervised},
          filed.caller_token,
          filed.reply,
          filed.route,
          TimeValue(filed.updated_at),
          filed.hot_issue,
          std::int64_t{filed.touched},
          Nullable(filed.satisfaction),
          Nullable(filed.resume_state),
          filed.resume_parent_case_no,
          Nullable(filed.stopped_at),
          Nullable(filed.dispatched_at),
          Nullable(filed.closed_at),
          std::int64_t{filed.handling_days},
          std::int64_t{filed.extension_days},
          std::int64_t{filed.unreached},
          UnderstandingOf(filed)};
}

Case ReadCase(const Row& row) {
  std::size_t at = 0;
  Case filed;
  const auto number = [&] { return static_cast<int>(row.Int(at++)); };
  filed.case_no = row.Text(at++);
  filed.site = row.Text(at++);
  filed.region = row.Text(at++);
  filed.channel = static_cast<Channel>(number());
  filed.call_id = row.Text(at++);
  filed.external_id = row.Text(at++);
  filed.kind = EnumOrNothing<CaseKind>(row, at++);
  filed.topic = row.Text(at++);
  filed.departments = FromPiped(row.Text(at++));
  filed.dispatch_basis = row.Text(at++);
  filed.state = static_cast<CaseState>(number());
  filed.title = row.Text(at++);
  filed.text = row.Text(at++);
  filed.opened_at = row.TimeAt(at++);
  filed.due_at = TimeOrNothing(row, at++);
  filed.version = row.Int(at++);
  filed.parent_case_no = row.Text(at++);
  filed.repeats = number();
  filed.urges = number();
  filed.returns = number();
  filed.reopenings = number();
  filed.confidential = number() != 0;
  filed.crisis = number() != 0;
  filed.supervised = number() != 0;
  filed.caller_token = row.Text(at++);
  filed.reply = row.Text(at++);
  filed.route = row.Text(at++);
  filed.updated_at = row.TimeAt(at++);
  filed.hot_issue = row.Text(at++);
  filed.touched = number() != 0;
  filed.satisfaction = EnumOrNothing<Rating>(row, at++);
  filed.resume_state = EnumOrNothing<CaseState>(row, at++);
  filed.resume_parent_case_no = row.Text(at++);
  filed.stopped_at = TimeOrNothing(row, at++);
  filed.dispatched_at = TimeOrNothing(row, at++);
  filed.closed_at = TimeOrNothing(row, at++);
  filed.handling_days = number();
  filed.extension_days = number();
  filed.unreached = number() != 0;
  ReadUnderstanding(row.Text(at++), filed);
  return filed;
}

}  // namespace hotline::intake
