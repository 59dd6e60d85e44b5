#include "escalation/domain/risk.h"

#include <algorithm>
#include <cmath>

#include <absl/strings/str_join.h>

#include "escalation/domain/hard_rules.h"

namespace hotline::escalation {
namespace {

constexpr double kHardRuleRisk = .97;

double Intensity(Emotion emotion) {
  switch (emotion) {
    case Emotion::kCalm:
    case Emotion::kGrateful: return 0;
    case Emotion::kAnxious: return .3;
    case Emotion::kSad: return .4;
    case Emotion::kAggrieved:
    case Emotion::kDissatisfied: return .5;
    case Emotion::kFearful:
    case Emotion::kDisappointed: return .6;
    case Emotion::kSarcastic:
    case Emotion::kAngry: return .9;
    case Emotion::kDesperate: return 1.5;
  }
  return 0;
}

double Trend(double risk, std::span<const TurnRisk> earlier) {
  const std::span<const TurnRisk> last = earlier.last(std::min<std::size_t>(earlier.size(), 3));
  if (last.empty()) return 0;
  double sum = 0;
  for (const TurnRisk& one : last) sum += one.risk;
  return risk - sum / static_cast<double>(last.size());
}

RiskLevel LevelOf(double risk, const LevelThresholds& thresholds) {
  if (risk >= thresholds.red) return RiskLevel::kRed;
  if (risk >= thresholds.orange) return RiskLevel::kOrange;
  return risk >= thresholds.yellow ? RiskLevel::kYellow : RiskLevel::kGreen;
}

}  // namespace

const RiskModel& RiskModel::Get() {
  static const RiskModel model{"risk-2026.11.24"};
  return model;
}

std::optional<TurnRisk> RiskModel::HardRules(const CallOpening& opening, std::span<const HeardTurn> turns) const {
  std::vector<Evidence> found = FindHardRules(opening, turns);
  if (found.empty()) return std::nullopt;
  const HeardTurn& last = turns.back();
  return TurnRisk{.turn = last.turn.number,
                  .risk = kHardRuleRisk,
                  .level = RiskLevel::kRed,
                  .reasons = std::move(found),
                  .degraded = !last.reading};
}

TurnRisk RiskModel::Assess(const CallOpening& opening, std::span<const HeardTurn> turns,
                           std::span<const TurnRisk> earlier) const {
  const HeardTurn& last = turns.back();
  TurnRisk now{.turn = last.turn.number, .degraded = last.turn.speaker == Speaker::kCaller && !last.reading};
  if (std::optional<TurnRisk> ruled = HardRules(opening, turns)) {
    now = *std::move(ruled);
  } else if (!earlier.empty() && earlier.back().level == RiskLevel::kRed) {
    now.risk = earlier.back().risk;
    now.level = RiskLevel::kRed;
    now.reasons = earlier.back().reasons;
  } else {
    double score = -2.2 + .5 * static_cast<double>(std::min<std::size_t>(opening.history.size(), 3));
    for (const HeardTurn& heard : turns) {
      if (heard.reading) score = -2.2 + .7 * (score + 2.2) + Intensity(heard.reading->emotion);
    }
    now.risk = 1 / (1 + std::exp(-score));
    now.level = LevelOf(now.risk, thresholds_);
    if (now.level >= RiskLevel::kOrange) now.reasons.push_back({"EMOTION", last.turn.text, last.turn.number});
  }
  now.trend = Trend(now.risk, earlier);
  return now;
}

std::string Suggestion(const TurnRisk& risk) {
  std::vector<std::string> steps;
  if (risk.level >= RiskLevel::kOrange) steps.emplace_back(risk.level == RiskLevel::kRed ? "接管通话" : "旁听并准备接管");
  const auto speaks = [&](std::string_view code) {
    return std::any_of(risk.reasons.begin(), risk.reasons.end(),
                       [&](const Evidence& evidence) { return std::string_view{evidence.code}.starts_with(code); });
  };
  if (speaks("LIFE_SELF")) steps.emplace_back("不要挂断，转接110和12356");
  if (speaks("LIFE_DANGER")) steps.emplace_back("转接119或120");
  if (speaks("VIOLENCE") || speaks("PUBLIC_ORDER")) steps.emplace_back("转接110");
  if (speaks("GROUP_ACTION")) steps.emplace_back("即报值班领导，联系牵头部门到场对话");
  if (speaks("PETITION")) steps.emplace_back("请能拍板的部门当日回电");
  if (speaks("INFORMANT_LEAK")) steps.emplace_back("转保密件，查泄露，护举报人安全");
  return absl::StrJoin(steps, "；");
}

}  // namespace hotline::escalation
