#include "hotline/cli/case_json.h"

#include "contracts/timestamp.h"
#include "hotline/cli/names.h"
#include "platform/time.h"

namespace hotline::cli {

using nlohmann::ordered_json;

ordered_json TextOrNull(const std::string& text) { return text.empty() ? ordered_json(nullptr) : ordered_json(text); }

ordered_json TimeOrNull(bool set, const google::protobuf::Timestamp& time) {
  return set ? ordered_json(platform::FormatTime(contracts::FromTimestamp(time).value_or(platform::Time{})))
             : ordered_json(nullptr);
}

std::string ShortTime(bool set, const google::protobuf::Timestamp& time) {
  if (!set) return "";
  std::string text = platform::FormatTime(contracts::FromTimestamp(time).value_or(platform::Time{})).substr(0, 16);
  if (const auto separator = text.find('T'); separator != std::string::npos) text[separator] = ' ';
  return text;
}

ordered_json ToJson(const intake::v1::Case& from) {
  ordered_json topics = ordered_json::array();
  for (const auto& topic : from.topics()) {
    topics.push_back(
        {{"topic", topic.topic()}, {"subtopic", TextOrNull(topic.subtopic())}, {"probability", topic.probability()}});
  }
  ordered_json intents = ordered_json::array();
  for (const int intent : from.intents()) intents.push_back(NameOf(static_cast<common::v1::Intent>(intent)));
  ordered_json evidence = ordered_json::array();
  for (const auto& one : from.evidence())
    evidence.push_back({{"code", one.code()}, {"evidence", one.words()}, {"turn", one.turn()}});
  return {
      {"case_no", from.case_no()},
      {"kind", NameOf(from.kind())},
      {"topic", from.topic()},
      {"topics", std::move(topics)},
      {"departments", std::vector<std::string>{from.departments().begin(), from.departments().end()}},
      {"intents", std::move(intents)},
      {"state", NameOf(from.state())},
      {"due_at", TimeOrNull(from.has_due_at(), from.due_at())},
      {"slots",
       {{"address", TextOrNull(from.slots().where().words())},
        {"when", TextOrNull(from.slots().when().words())},
        {"who", TextOrNull(from.slots().who().words())},
        {"cause", TextOrNull(from.slots().cause().words())},
        {"course", TextOrNull(from.slots().course().words())},
        {"address_normal", TextOrNull(from.slots().where().normal())},
        {"when_normal", TextOrNull(from.slots().when().normal())}}},
      {"title", from.title()},
      {"crisis", from.crisis()},
      {"confidential", from.confidential()},
      {"supervised", from.supervised()},
      {"evidence", std::move(evidence)},
      {"dispatch_basis", TextOrNull(from.dispatch_basis())},
      {"route", TextOrNull(from.route())},
      {"reply", TextOrNull(from.reply())},
      {"parent_case_no", TextOrNull(from.parent_case_no())},
      {"repeats", from.repeats()},
      {"hot_issue", TextOrNull(from.hot_issue())},
      {"site", from.site()},
      {"call_id", TextOrNull(from.call_id())},
      {"opened_at", TimeOrNull(from.has_opened_at(), from.opened_at())},
      {"version", from.version()},
  };
}

}  // namespace hotline::cli
