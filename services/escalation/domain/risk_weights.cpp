#include "escalation/domain/risk_weights.h"

#include <iterator>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

namespace hotline::escalation {
namespace {

constexpr std::pair<const char*, double RiskWeights::*> kNumbers[] = {
    {"bias", &RiskWeights::bias},
    {"fade", &RiskWeights::fade},
    {"letter", &RiskWeights::letter},
    {"emotion", &RiskWeights::emotion},
    {"worsening", &RiskWeights::worsening},
    {"returned", &RiskWeights::returned},
    {"history", &RiskWeights::history},
    {"fault", &RiskWeights::fault},
    {"forecast", &RiskWeights::forecast},
    {"relief", &RiskWeights::relief},
    {"sure_of_calm", &RiskWeights::sure_of_calm},
    {"sure", &RiskWeights::sure},
    {"sure_of_afraid", &RiskWeights::sure_of_afraid},
    {"sure_once_warned", &RiskWeights::sure_once_warned},
    {"course", &RiskWeights::course},
    {"course_bias", &RiskWeights::course_bias},
    {"course_red", &RiskWeights::course_red},
    {"harmless", &RiskWeights::harmless},
    {"plain", &RiskWeights::plain}};
constexpr std::size_t kOtherKeys = 3;  // version, patience, concerns

[[noreturn]] void Refuse(const std::string& why) { throw std::invalid_argument("risk weights: " + why); }

double Number(const nlohmann::json& in, const std::string& key) {
  const auto found = in.find(key);
  if (found == in.end() || !found->is_number()) Refuse(key + " is missing or no number");
  return *found;
}

}  // namespace

RiskWeights RiskWeights::Parse(std::string_view text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) Refuse("no JSON object");
  RiskWeights weights;
  for (const auto& [key, member] : kNumbers) weights.*member = Number(json, key);
  const auto version = json.find("version");
  if (version == json.end() || !version->is_string()) Refuse("version is missing or no text");
  weights.version = *version;
  const auto patience = json.find("patience");
  if (patience == json.end() || !patience->is_array() || patience->size() != weights.patience.size())
    Refuse("patience is not two numbers");
  for (std::size_t i = 0; i < weights.patience.size(); ++i) {
    if (!(*patience)[i].is_number()) Refuse("patience is not two numbers");
    weights.patience[i] = (*patience)[i];
  }
  const auto concerns = json.find("concerns");
  if (concerns == json.end() || !concerns->is_object() || concerns->size() != kConcerns - 1)
    Refuse("concerns is not one number for each concern");
  for (std::size_t i = 1; i < kConcerns; ++i)
    weights.concerns[i] = Number(*concerns, std::string{Name(static_cast<Concern>(i))});
  if (json.size() != std::size(kNumbers) + kOtherKeys) Refuse("a key is unknown");
  if (weights.fade <= 0 || weights.fade > 1) Refuse("fade is not above 0 and at most 1");
  return weights;
}

}  // namespace hotline::escalation
