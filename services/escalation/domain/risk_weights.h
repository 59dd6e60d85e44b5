#pragma once

#include <array>
#include <string>
#include <string_view>

#include "escalation/domain/concerns.h"

namespace hotline::escalation {

/// How much each part of a call counts, in log-odds where nothing else is said. What each stands for, and what the
/// values were checked on: training/README.md. Kept in data/risk_weights.json.
struct RiskWeights {
  std::string version;
  double bias = 0;
  double fade = 1;  ///< What is said fades by this with every turn the caller speaks after it.
  /// How a call opens is the matter it is about; trouble shows in what follows. What tells of handling, and feelings,
  /// count this much while the caller has spoken once, twice. No discount for danger, crowds and leaks.
  std::array<double, 2> patience{};
  double letter = 1;                         ///< The same for a letter: it is all that its writer will say.
  std::array<double, kConcerns> concerns{};  ///< By number; none has no weight.
  double emotion = 0;
  double worsening = 0;
  double returned = 0;  ///< An earlier case that was sent back or reopened; at most three cases count.
  double history = 0;   ///< One that was not settled otherwise.
  double fault = 0;     ///< A kind of fault of the agent towards somebody upset; at most two count.
  double forecast = 0;  ///< A step of the forecast of satisfaction below its middle.
  double relief = 0;    ///< The caller's last word is thanks, or calm with nothing of concern.
  /// How sure the head must be of danger, a crowd or a leak for red, by what the caller feels: probabilities.
  double sure_of_calm = 1;
  double sure = 1;
  double sure_of_afraid = 1;
  double sure_once_warned = 1;  ///< Where the call is orange without them or was before, whatever the caller feels.

  /// How much the course of the call counts (CallCourse, log-odds), and what is added where it speaks.
  double course = 0;
  double course_bias = 0;
  double course_red = 0;  ///< How sure it must be of what red is for: log-odds.

  double harmless = 0;  ///< Under this together, danger, crowd, leak and exposure take a hard rule's red back.
  double plain = 0;     ///< From here on, by the head alone, a hard rule need not wait for the encoder.

  /// Throws std::invalid_argument naming the key that is missing, unknown or no number.
  [[nodiscard]] static RiskWeights Parse(std::string_view json);
};

}  // namespace hotline::escalation
