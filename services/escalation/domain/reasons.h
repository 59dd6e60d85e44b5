#pragma once

#include <span>
#include <vector>

#include "escalation/domain/call.h"
#include "escalation/domain/caller_turns.h"
#include "escalation/domain/concerns.h"
#include "escalation/domain/risk_weights.h"

namespace hotline::escalation {

/// What speaks for trouble, and how much of the log-odds it is.
struct Reason {
  double weight;
  Evidence evidence;
};

/// Whether it is one to be red for.
[[nodiscard]] bool SpeaksForRed(const Reason& reason);

/// How strongly any of the turns tells of `concern`, and the turn that tells most.
[[nodiscard]] Reason ReasonOf(Concern concern, double weight, const std::vector<CallerTurn>& turns);

/// What became of the caller's earlier cases, how the caller feels, what the agent did wrong, and how the call so far
/// would be voted on. `turns`: at least one.
void AddHistory(const CallOpening& opening, double trouble, const RiskWeights& weights, std::vector<Reason>& reasons);
void AddEmotions(const std::vector<CallerTurn>& turns, const RiskWeights& weights, std::vector<Reason>& reasons);
void AddConduct(std::span<const HeardTurn> turns, double trouble, const RiskWeights& weights,
                std::vector<Reason>& reasons);
void AddForecast(const std::vector<CallerTurn>& turns, double trouble, const RiskWeights& weights,
                 std::vector<Reason>& reasons);

/// What the last turn takes back, in log-odds: thanks, or calm with nothing of concern, unless the caller has shown
/// that politeness covers something. Negative weights take back.
[[nodiscard]] double Relief(const std::vector<CallerTurn>& turns, const RiskWeights& weights);

/// The reasons worth telling, strongest first, with the words of a concern cut to the sentence that tells. Of a red
/// call first what made it red: the rest may weigh more, and a supervisor who reads one line must read that.
[[nodiscard]] std::vector<Evidence> WorthTelling(std::vector<Reason> reasons, RiskLevel level);

}  // namespace hotline::escalation
