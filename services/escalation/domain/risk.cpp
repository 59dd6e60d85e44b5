#include "escalation/domain/risk.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <absl/strings/str_cat.h>

#include "escalation/domain/call_course.h"
#include "escalation/domain/caller_turns.h"
#include "escalation/domain/concerns.h"
#include "escalation/domain/embedded_data.h"
#include "escalation/domain/hard_rules.h"
#include "escalation/domain/of_red.h"
#include "escalation/domain/reasons.h"

namespace hotline::escalation {
namespace {

constexpr double kHardRuleRisk = .97;
constexpr double kMostOfModel = .84;  ///< Below red: only what red is for may lift the model over it.
constexpr double kSureRisk = .88;     ///< Red without a rule.
constexpr double kHeldBackRisk = .4;  ///< Yellow: a rule's words, where both heads hear them used harmlessly.

double Logistic(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

double LogOdds(double risk) { return std::log(risk / (1 - risk)); }

/// What the turns tell one by one, and the course of the call, together: while the call is young, what the course adds
/// is discounted as they are. A red of the model stays one unless the course hears a calm call. The course makes a
/// warning red where it is sure of what red is for.
void HearCourse(std::span<const HeardTurn> turns, double discount, const RiskWeights& weights,
                const LevelThresholds& thresholds, double& risk, std::vector<Reason>& reasons) {
  const std::optional<CallCourse::Heard> course = CallCourse::Get().Hear(turns);
  if (!course) return;
  const auto& [warn, red] = *course;
  double weight = weights.course * warn.log_odds + weights.course_bias;
  if (weight > 0) weight *= discount;
  const double together = Logistic(LogOdds(std::clamp(risk, 1e-6, 1 - 1e-6)) + weight);
  const bool stays_red = risk >= thresholds.red && together >= thresholds.yellow;
  risk = stays_red ? std::max(risk, together) : std::min(together, kMostOfModel);
  reasons.push_back({weight, {"COURSE_OF_CALL", warn.turn->text, warn.turn->number}});
  if (red.log_odds < weights.course_red || together < thresholds.orange) return;
  risk = std::max(risk, kSureRisk);
  reasons.push_back(
      {std::max(red.log_odds, LogOdds(kSureRisk)), {"COURSE_OF_DANGER", red.turn->text, red.turn->number}});
}

/// What is implied never sounds alarming, nor does the answer to an agent who has understood: both are meant.
bool AreBeyondWords(const std::vector<Evidence>& found, const HeardTurn& last) {
  return std::any_of(found.begin(), found.end(), [&](const Evidence& evidence) {
    return evidence.code.ends_with("_IMPLIED") || evidence.turn != last.turn.number;
  });
}

/// Whether the rules that `found` names make `last` red.
bool AreMeant(const std::vector<Evidence>& found, const HeardTurn& last, const RiskWeights& weights) {
  return AreBeyondWords(found, last) || (!found.empty() && !SoundsOnlyAlarming(last, weights));
}

/// Whether its reading may yet show that the words were used harmlessly.
bool MayBeTakenBack(const std::vector<Evidence>& found, const HeardTurn& last, const RiskWeights& weights) {
  const bool to_come = last.turn.speaker == Speaker::kCaller && !last.reading;
  return to_come && !AreBeyondWords(found, last) && !IsPlain(last, weights);
}

/// Red by the rules that `found` names.
TurnRisk Ruled(const HeardTurn& last, std::vector<Evidence> found) {
  const std::optional<Peril> peril = PerilOf(found);
  return {.turn = last.turn.number,
          .risk = kHardRuleRisk,
          .level = RiskLevel::kRed,
          .reasons = std::move(found),
          .peril = peril,
          .degraded = last.turn.speaker == Speaker::kCaller && !last.reading};
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
  static const RiskModel model{RiskWeights::Parse(embedded::risk_weights)};
  return model;
}

RiskModel::RiskModel(RiskWeights weights)
    : weights_{std::move(weights)},
      version_{absl::StrCat("risk-", weights_.version, "-", ConcernHead::Get().version(), "-",
                            CallCourse::Get().version())} {}

std::optional<TurnRisk> RiskModel::HardRules(const CallOpening& opening, std::span<const HeardTurn> turns) const {
  std::vector<Evidence> found = FindHardRules(opening, turns);
  const HeardTurn& last = turns.back();
  if (!AreMeant(found, last, weights_) || MayBeTakenBack(found, last, weights_)) return std::nullopt;
  return Ruled(last, std::move(found));
}

TurnRisk RiskModel::Assess(const CallOpening& opening, std::span<const HeardTurn> turns,
                           std::span<const TurnRisk> earlier) const {
  const HeardTurn& last = turns.back();
  std::vector<Evidence> rules = FindHardRules(opening, turns);
  TurnRisk now{.turn = last.turn.number, .degraded = last.turn.speaker == Speaker::kCaller && !last.reading};
  if (AreMeant(rules, last, weights_)) {
    now = Ruled(last, std::move(rules));
  } else if (!earlier.empty() && earlier.back().level == RiskLevel::kRed) {
    now.risk = earlier.back().risk;
    now.level = RiskLevel::kRed;
    now.reasons = earlier.back().reasons;
    now.peril = earlier.back().peril;
  } else {
    Judge(opening, turns, earlier, std::move(rules), now);
  }
  now.trend = Trend(now.risk, earlier);
  return now;
}

void RiskModel::Judge(const CallOpening& opening, std::span<const HeardTurn> turns, std::span<const TurnRisk> earlier,
                      std::vector<Evidence> held_back, TurnRisk& now) const {
  const std::vector<CallerTurn> read = ReadCaller(opening, turns, weights_);
  if (read.empty()) return;
  std::vector<Reason> reasons;
  double of_red = 0;  // What danger, crowds and leaks add.
  for (std::size_t i = 1; i < kConcerns; ++i) {
    const auto concern = static_cast<Concern>(i);
    reasons.push_back(ReasonOf(concern, weights_.concerns[i], read));
    if (IsOfRed(concern)) of_red += reasons.back().weight;
  }
  const double trouble = Trouble(read);
  AddHistory(opening, trouble, weights_, reasons);
  AddEmotions(read, weights_, reasons);
  AddConduct(turns, trouble, weights_, reasons);
  AddForecast(read, trouble, weights_, reasons);
  double score = weights_.bias + Relief(read, weights_);
  for (const Reason& reason : reasons) score += reason.weight;
  now.risk = Logistic(score);
  // A letter has no next turn in which to be believed: only a rule makes it red.
  if (opening.message || !MayBeRed(read, weights_)) now.risk = std::min(now.risk, kMostOfModel);
  const bool in_trouble = Logistic(score - of_red) >= thresholds_.orange ||
                          (!earlier.empty() && earlier.back().level >= RiskLevel::kOrange);
  if (!opening.message && turns.back().turn.speaker == Speaker::kCaller && MustBeRed(read.back(), in_trouble, weights_))
    now.risk = std::max(now.risk, kSureRisk);
  if (!opening.message) HearCourse(turns, read.back().discount, weights_, thresholds_, now.risk, reasons);
  if (now.risk >= thresholds_.red && std::none_of(reasons.begin(), reasons.end(), SpeaksForRed))
    reasons.push_back({kSureRisk, SurestOfRed(read)});
  if (!held_back.empty()) now.risk = std::max(now.risk, kHeldBackRisk);
  for (Evidence& rule : held_back) reasons.push_back({kHeldBackRisk, std::move(rule)});
  now.level = LevelOf(now.risk, thresholds_);
  if (now.level >= RiskLevel::kYellow) now.reasons = WorthTelling(std::move(reasons), now.level);
  if (now.level != RiskLevel::kRed) return;
  // The course of the call does not say of what it is sure: then it is what the surest turn tells of.
  now.peril = PerilOf(now.reasons);
  if (!now.peril) now.peril = PerilOf(SurestOfRed(read).code);
}

}  // namespace hotline::escalation
