#include "escalation/domain/caller_turns.h"

#include <algorithm>
#include <cmath>

namespace hotline::escalation {
namespace {

/// How far a feeling is from calm on the way to trouble.
double Intensity(Emotion emotion) {
  switch (emotion) {
    case Emotion::kCalm:
    case Emotion::kGrateful: return 0;
    case Emotion::kAnxious: return .2;
    case Emotion::kSad: return .4;
    case Emotion::kDissatisfied: return .45;
    case Emotion::kAggrieved: return .55;
    case Emotion::kFearful:
    case Emotion::kDisappointed: return .65;
    case Emotion::kSarcastic: return .8;
    case Emotion::kAngry: return .85;
    case Emotion::kDesperate: return 1.2;
  }
  return 0;
}

double Intensity(const TurnReading& reading) {
  const std::span<const Emotion> all = language::AllEmotions();
  if (reading.emotions.size() != all.size()) return reading.confidence * Intensity(reading.emotion);
  double expected = 0;
  for (std::size_t i = 0; i < all.size(); ++i) expected += reading.emotions[i] * Intensity(all[i]);
  return expected;
}

/// What a probability is worth as evidence: an undecided head says nothing, or many small doubts would add up to one
/// alarm.
double Strength(double probability) {
  constexpr double kUndecided = .35;
  return std::max(0.0, (probability - kUndecided) / (1 - kUndecided));
}

/// Concerns about how the matter is handled. The head often wavers between two of them and is sure of their sum.
bool IsOfHandling(Concern concern) { return concern >= Concern::kUnsolved && concern <= Concern::kAbuse; }

}  // namespace

std::vector<CallerTurn> ReadCaller(const CallOpening& opening, std::span<const HeardTurn> turns,
                                   const RiskWeights& weights) {
  std::size_t callers = 0;
  for (const HeardTurn& heard : turns) callers += heard.turn.speaker == Speaker::kCaller;
  std::vector<CallerTurn> read;
  if (callers == 0) return read;
  const bool young = callers <= weights.patience.size();
  const double discount = opening.message ? weights.letter : young ? weights.patience[callers - 1] : 1;
  std::size_t number = 0;
  for (const HeardTurn& heard : turns) {
    if (heard.turn.speaker != Speaker::kCaller) continue;
    const std::size_t age = callers - ++number;
    if (age >= kMemory) continue;
    CallerTurn one{.heard = &heard,
                   .concerns = ConcernsOf(heard),
                   .discount = discount,
                   .faded = std::pow(weights.fade, age),
                   .intensity = std::nullopt};
    if (heard.reading) one.intensity = Intensity(*heard.reading);
    read.push_back(one);
  }
  return read;
}

double Told(const ConcernReading& reading, Concern concern) {
  const double p = Of(reading, concern);
  if (!IsOfHandling(concern)) return Strength(p);
  double family = 0;
  for (std::size_t i = 0; i < kConcerns; ++i) family += IsOfHandling(static_cast<Concern>(i)) ? reading[i] : 0;
  return family > 0 ? p / family * Strength(std::min(family, 1.0)) : 0;
}

double Trouble(const std::vector<CallerTurn>& turns) {
  double most = 0;
  for (const CallerTurn& read : turns) most = std::max(most, (1 - Of(read.concerns, Concern::kNone)) * read.faded);
  return most;
}

}  // namespace hotline::escalation
