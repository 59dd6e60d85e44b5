#pragma once

#include <optional>
#include <span>
#include <vector>

#include "escalation/domain/call.h"
#include "escalation/domain/concerns.h"
#include "escalation/domain/risk_weights.h"

namespace hotline::escalation {

/// How many of the caller's turns are looked back at: what is older has faded, and a long call costs no more.
inline constexpr std::size_t kMemory = 10;

/// A caller's turn as the risk model reads it. Points into the call.
struct CallerTurn {
  const HeardTurn* heard;
  ConcernReading concerns;
  double discount;                  ///< Of what counts less while the call is young, or in a letter; 1: none.
  double faded;                     ///< 1 for the last turn, less for each before it.
  std::optional<double> intensity;  ///< How far the feeling is from calm: 0 to 1.2; none where there is no reading.
};

/// The caller's last turns of `turns`, in order.
[[nodiscard]] std::vector<CallerTurn> ReadCaller(const CallOpening& opening, std::span<const HeardTurn> turns,
                                                 const RiskWeights& weights);

/// How strongly a turn tells of `concern`, 0 to 1: what an undecided head says counts for nothing.
[[nodiscard]] double Told(const ConcernReading& reading, Concern concern);

/// How much of what the caller says is trouble at all, 0 to 1: earlier cases and the agent's faults weigh only with it.
[[nodiscard]] double Trouble(const std::vector<CallerTurn>& turns);

}  // namespace hotline::escalation
