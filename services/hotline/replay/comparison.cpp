#include "hotline/replay/comparison.h"

#include <algorithm>

namespace hotline::replay {
namespace {

using nlohmann::json;

std::string Text(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// One member of every case, sorted: the order of cases is no difference.
json OfCases(const json& result, const char* member) {
  std::vector<json> values;
  for (const json& one : result.at("cases")) values.push_back(one.at(member));
  std::sort(values.begin(), values.end());
  return values;
}

json LeadsOf(const json& result) {
  std::vector<json> leads;
  for (const json& one : result.at("cases"))
    leads.push_back(one.at("departments").empty() ? json() : one.at("departments").front());
  std::sort(leads.begin(), leads.end());
  return leads;
}

void Weigh(const std::string& call, const std::string& part, const std::string& where, const json& before,
           const json& after, Comparison& comparison) {
  Comparison::Part& of = comparison.parts[part];
  ++of.compared;
  if (before == after) return;
  ++of.different;
  comparison.differences.push_back({call, where, Text(before), Text(after)});
}

void CompareEmotions(const std::string& call, const json& before, const json& after, Comparison& comparison) {
  std::map<int, json> emotions;
  for (const json& turn : before.at("turns")) emotions[turn.at("turn")] = turn.at("emotion");
  for (const json& turn : after.at("turns")) {
    const int number = turn.at("turn");
    const auto twin = emotions.find(number);
    if (twin == emotions.end() || (twin->second.is_null() && turn.at("emotion").is_null())) continue;
    Weigh(call, "emotions", "emotion turn " + std::to_string(number), twin->second, turn.at("emotion"), comparison);
  }
}

void CompareCall(const std::string& call, const json& before, const json& after, Comparison& comparison) {
  ++comparison.calls;
  comparison.model_before = before.at("model");
  comparison.model_after = after.at("model");
  comparison.warned_before += !before.at("warned_at").is_null();
  comparison.warned_after += !after.at("warned_at").is_null();
  comparison.red_before += !before.at("red_at").is_null();
  comparison.red_after += !after.at("red_at").is_null();
  for (const auto& [part, member] :
       {std::pair{"kinds", "kind"}, {"topics", "topic"}, {"intents", "intents"}, {"slots", "slots"}})
    Weigh(call, part, part, OfCases(before, member), OfCases(after, member), comparison);
  Weigh(call, "leads", "leads", LeadsOf(before), LeadsOf(after), comparison);
  Weigh(call, "warned", "warned_at", before.at("warned_at"), after.at("warned_at"), comparison);
  Weigh(call, "red", "red_at", before.at("red_at"), after.at("red_at"), comparison);
  for (const char* part : {"restated", "soothe_first"})
    Weigh(call, part, part, before.at("conduct").at(part), after.at("conduct").at(part), comparison);
  CompareEmotions(call, before, after, comparison);
}

}  // namespace

Comparison Compare(const std::vector<json>& before, const std::vector<json>& after) {
  std::map<std::string, const json*> twins;
  for (const json& result : before) twins[result.at("id")] = &result;
  Comparison comparison;
  std::size_t found = 0;
  for (const json& result : after) {
    const auto twin = twins.find(result.at("id").get<std::string>());
    if (twin == twins.end()) {
      ++comparison.only_after;
      continue;
    }
    ++found;
    CompareCall(twin->first, *twin->second, result, comparison);
  }
  comparison.only_before = static_cast<int>(twins.size() - found);
  return comparison;
}

}  // namespace hotline::replay
