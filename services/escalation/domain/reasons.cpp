#include "escalation/domain/reasons.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "escalation/domain/conduct.h"
#include "escalation/domain/of_red.h"

namespace hotline::escalation {

bool SpeaksForRed(const Reason& reason) { return reason.weight > 0 && TellsOfRed(reason.evidence.code); }

Reason ReasonOf(Concern concern, double weight, const std::vector<CallerTurn>& turns) {
  double silent = 1;
  double most = 0;
  const Turn* best = nullptr;
  for (const CallerTurn& read : turns) {
    const double strength = Told(read.concerns, concern) * read.faded * (IsOfRed(concern) ? 1 : read.discount);
    silent *= 1 - std::min(strength, 1.0);
    if (strength <= most) continue;
    most = strength;
    best = &read.heard->turn;
  }
  Reason reason{weight * (1 - silent), {std::string{EvidenceCode(concern)}, {}, 0}};
  if (best != nullptr) {
    reason.evidence.words = best->text;
    reason.evidence.turn = best->number;
  }
  return reason;
}

void AddHistory(const CallOpening& opening, double trouble, const RiskWeights& weights, std::vector<Reason>& reasons) {
  int count = 0;
  for (const EarlierCase& earlier : opening.history) {
    const bool overdue = earlier.open && earlier.due_at && *earlier.due_at < opening.started_at;
    std::string_view code;
    if (earlier.returns > 0) {
      code = "HISTORY_RETURNED";
    } else if (earlier.reopenings > 0) {
      code = "HISTORY_REOPENED";
    } else if (earlier.dissatisfied) {
      code = "HISTORY_DISSATISFIED";
    } else if (overdue) {
      code = "HISTORY_OVERDUE";
    }
    if (code.empty() || ++count > 3) continue;
    const double weight = earlier.returns > 0 || earlier.reopenings > 0 ? weights.returned : weights.history;
    reasons.push_back({weight * trouble, {std::string{code}, {}, 0}});
  }
}

void AddEmotions(const std::vector<CallerTurn>& turns, const RiskWeights& weights, std::vector<Reason>& reasons) {
  double level = 0;
  double seen = 0;
  double before = 0;
  double now = 0;
  const Turn* strongest = nullptr;
  double most = 0;
  for (const CallerTurn& read : turns) {
    if (!read.intensity) continue;
    before = seen > 0 ? level / seen : *read.intensity;
    now = *read.intensity;
    level = level * weights.fade + now;
    seen = seen * weights.fade + 1;
    if (now * read.faded > most) {
      most = now * read.faded;
      strongest = &read.heard->turn;
    }
  }
  if (strongest == nullptr) return;
  const double weight = weights.emotion * level / seen * turns.back().discount;
  reasons.push_back({weight, {"EMOTION", strongest->text, strongest->number}});
  if (now > before)
    reasons.push_back({weights.worsening * (now - before),
                       {"EMOTION_RISING", turns.back().heard->turn.text, turns.back().heard->turn.number}});
}

void AddConduct(std::span<const HeardTurn> turns, double trouble, const RiskWeights& weights,
                std::vector<Reason>& reasons) {
  // What the encoder hears of an agent's turn may come before its assessment or after; by the caller's next turn it is
  // there, so that it says the same whenever it came.
  while (!turns.empty() && turns.back().turn.speaker == Speaker::kAgent) turns = turns.first(turns.size() - 1);
  // The same span of the call as the caller's turns: two turns each.
  const Conduct conduct = ReviewConduct(turns.last(std::min(turns.size(), 2 * kMemory)));
  std::set<std::string_view> kinds;
  for (const ConductFinding& finding : conduct.findings) {
    if (kinds.size() >= 2 || !kinds.insert(finding.rule).second) continue;
    reasons.push_back({weights.fault * trouble, {finding.rule, finding.words, finding.turn}});
  }
}

void AddForecast(const std::vector<CallerTurn>& turns, double trouble, const RiskWeights& weights,
                 std::vector<Reason>& reasons) {
  constexpr std::array<double, 5> kVotes{-2, -1, 0, 1, 2};
  const CallerTurn& last = turns.back();
  if (!last.heard->reading || last.heard->reading->satisfaction.size() != kVotes.size()) return;
  double expected = 0;
  for (std::size_t i = 0; i < kVotes.size(); ++i) expected += last.heard->reading->satisfaction[i] * kVotes[i];
  if (expected < 0)
    reasons.push_back({weights.forecast * -expected * trouble * last.discount, {"DISSATISFACTION_FORECAST", {}, 0}});
}

double Relief(const std::vector<CallerTurn>& turns, const RiskWeights& weights) {
  const HeardTurn& last = *turns.back().heard;
  double open = 1;
  for (const CallerTurn& read : turns) {
    double hidden = 0;
    for (const Concern concern : {Concern::kResigned, Concern::kSarcasm, Concern::kEvidence, Concern::kExposure}) {
      hidden += Told(read.concerns, concern);
    }
    open *= 1 - std::min(hidden, 1.0) * read.faded;
  }
  const double none = Of(turns.back().concerns, Concern::kNone);
  if (last.reading && last.reading->emotion == Emotion::kGrateful) return weights.relief * open;
  if (last.reading && last.reading->emotion != Emotion::kCalm) return 0;
  return weights.relief * open * std::max(0.0, 2 * none - 1);
}

std::vector<Evidence> WorthTelling(std::vector<Reason> reasons, RiskLevel level) {
  constexpr double kWorthTelling = .35;
  constexpr std::size_t kMost = 6;
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const Reason& a, const Reason& b) { return a.weight > b.weight; });
  if (level == RiskLevel::kRed) {
    const auto cause = std::find_if(reasons.begin(), reasons.end(), SpeaksForRed);
    if (cause != reasons.end()) std::rotate(reasons.begin(), cause, std::next(cause));
  }
  std::vector<Evidence> told;
  for (Reason& reason : reasons) {
    const bool needed = level >= RiskLevel::kOrange && told.empty();
    if (told.size() == kMost || (reason.weight < kWorthTelling && !needed)) break;
    for (std::size_t i = 1; i < kConcerns; ++i) {
      const auto concern = static_cast<Concern>(i);
      if (reason.evidence.code == EvidenceCode(concern))
        reason.evidence.words = std::string{WordsFor(concern, reason.evidence.words)};
    }
    told.push_back(std::move(reason.evidence));
  }
  return told;
}

}  // namespace hotline::escalation
