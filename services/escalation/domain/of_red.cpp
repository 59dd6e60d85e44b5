#include "escalation/domain/of_red.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace hotline::escalation {
namespace {

/// It does not wait for the call to go on (RiskWeights::patience).
constexpr std::array kOfRed{Concern::kDanger, Concern::kGroup, Concern::kLeak};

/// How much of it is of what a rule's words may be meant for.
double Alarming(const ConcernReading& concerns) {
  double alarming = Of(concerns, Concern::kExposure);
  for (const Concern concern : kOfRed) alarming += Of(concerns, concern);
  return alarming;
}

/// How sure the head is of any of them.
double SureOfRed(const CallerTurn& read) {
  double sure = 0;
  for (const Concern concern : kOfRed) sure += Of(read.concerns, concern);
  return sure;
}

}  // namespace

bool IsOfRed(Concern concern) { return std::find(kOfRed.begin(), kOfRed.end(), concern) != kOfRed.end(); }

bool TellsOfRed(std::string_view code) {
  return code == "COURSE_OF_DANGER" ||
         std::any_of(kOfRed.begin(), kOfRed.end(), [&](Concern concern) { return code == EvidenceCode(concern); });
}

std::optional<Peril> PerilOf(std::string_view code) {
  static constexpr std::string_view kOfLife[] = {"LIFE_",        "VIOLENCE",  "DEATH_ASKED",
                                                 "DANGER_ASKED", "HELP_SENT", "CONCERN_DANGER"};
  static constexpr std::string_view kOfCrowds[] = {"GROUP_ACTION", "PETITION", "PUBLIC_ORDER", "CONCERN_GROUP"};
  static constexpr std::string_view kOfInformants[] = {"INFORMANT_LEAK", "CONCERN_LEAK"};
  const auto begins = [&](std::span<const std::string_view> codes) {
    return std::any_of(codes.begin(), codes.end(), [&](std::string_view one) { return code.starts_with(one); });
  };
  if (begins(kOfLife)) return Peril::kLife;
  if (begins(kOfCrowds)) return Peril::kCrowd;
  if (begins(kOfInformants)) return Peril::kInformant;
  return std::nullopt;
}

std::optional<Peril> PerilOf(const std::vector<Evidence>& reasons) {
  for (const Evidence& reason : reasons) {
    if (const std::optional<Peril> peril = PerilOf(reason.code)) return peril;
  }
  return std::nullopt;
}

bool MayBeRed(const std::vector<CallerTurn>& turns, const RiskWeights& weights) {
  return std::any_of(turns.begin(), turns.end(),
                     [&](const CallerTurn& read) { return SureOfRed(read) >= weights.sure; });
}

bool MustBeRed(const CallerTurn& last, bool in_trouble, const RiskWeights& weights) {
  if (!last.heard->reading) return false;
  if (in_trouble && SureOfRed(last) >= weights.sure_once_warned) return true;
  switch (last.heard->reading->emotion) {
    case Emotion::kCalm:
    case Emotion::kGrateful: return SureOfRed(last) >= weights.sure_of_calm;
    case Emotion::kAnxious:
    case Emotion::kFearful:
    case Emotion::kSad:
    case Emotion::kDesperate: return SureOfRed(last) >= weights.sure_of_afraid;
    case Emotion::kAggrieved:
    case Emotion::kDissatisfied:
    case Emotion::kDisappointed:
    case Emotion::kAngry:
    case Emotion::kSarcastic: break;
  }
  return SureOfRed(last) >= weights.sure;
}

bool SoundsOnlyAlarming(const HeardTurn& heard, const RiskWeights& weights) {
  if (heard.turn.speaker != Speaker::kCaller || !heard.reading || !heard.reading->concern) return false;
  return Alarming(ConcernsOf(heard)) < weights.harmless;
}

bool IsPlain(const HeardTurn& heard, const RiskWeights& weights) {
  return Alarming(ConcernHead::Get().Read(heard.turn.text)) >= weights.plain;
}

Evidence SurestOfRed(const std::vector<CallerTurn>& turns) {
  const CallerTurn& surest = *std::max_element(
      turns.begin(), turns.end(), [](const CallerTurn& a, const CallerTurn& b) { return SureOfRed(a) < SureOfRed(b); });
  const Concern concern = *std::max_element(kOfRed.begin(), kOfRed.end(), [&](Concern a, Concern b) {
    return Of(surest.concerns, a) < Of(surest.concerns, b);
  });
  return {std::string{EvidenceCode(concern)}, surest.heard->turn.text, surest.heard->turn.number};
}

}  // namespace hotline::escalation
