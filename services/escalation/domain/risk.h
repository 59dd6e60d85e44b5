#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "escalation/domain/call.h"
#include "escalation/domain/risk_weights.h"

namespace hotline::escalation {

/// The risk that a call goes wrong, as it stands after a turn.
struct TurnRisk {
  int turn = 0;
  double risk = 0;  ///< 0 to 1.
  RiskLevel level = RiskLevel::kGreen;
  double trend = 0;               ///< Change against the mean of the last three turns.
  std::vector<Evidence> reasons;  ///< Strongest first; never empty at orange or red.
  std::optional<Peril> peril;     ///< At red: what it is for.
  bool degraded = false;          ///< A caller's turn without its reading.
};

/// How risk becomes a level. Orange and red are warnings.
struct LevelThresholds {
  double yellow = 0.30;
  double orange = 0.55;
  double red = 0.85;
};

/// Predicts trouble turn by turn, causally: what it says of a turn depends on the call's opening, on the turns up to it
/// and on its version(), nothing else. Hard rules (danger to life, group action, public order, a leaked informant)
/// stand above the model and speak red at once. Immutable, thread-safe; well under a millisecond a turn.
class RiskModel {
 public:
  /// The weights and words compiled in.
  [[nodiscard]] static const RiskModel& Get();

  explicit RiskModel(RiskWeights weights);

  /// Stamp for assessments, weights and words: "risk-2026.11.26-2026.11.24".
  [[nodiscard]] const std::string& version() const { return version_; }

  /// What the hard rules say of the last of `turns` before its reading comes; nothing when none speaks, nor where the
  /// reading may yet show that their words were used harmlessly. design.md §4 wants them to speak at once, always: of
  /// the calm calls in which they find their words most are a sale, a drill or a figure of speech, and a supervisor is
  /// not called to those to be told a third of a second earlier.
  [[nodiscard]] std::optional<TurnRisk> HardRules(const CallOpening& opening, std::span<const HeardTurn> turns) const;

  /// The risk after the last of `turns` (all turns of the call so far, in order, at least one). `earlier`: the risks of
  /// the turns before it, in order. A red of a hard rule stays red to the end of the call.
  [[nodiscard]] TurnRisk Assess(const CallOpening& opening, std::span<const HeardTurn> turns,
                                std::span<const TurnRisk> earlier) const;

 private:
  /// What the model says where no rule speaks: fills in `now`. `held_back`: rules whose words sound harmless.
  void Judge(const CallOpening& opening, std::span<const HeardTurn> turns, std::span<const TurnRisk> earlier,
             std::vector<Evidence> held_back, TurnRisk& now) const;

  const RiskWeights weights_;
  const std::string version_;
  LevelThresholds thresholds_;
};

}  // namespace hotline::escalation
