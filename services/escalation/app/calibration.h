#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "escalation/domain/alert.h"

namespace hotline::escalation {

/// Which judgements count: those given in [since, until).
struct CalibrationQuery {
  std::string site;  ///< Empty: every site.
  Time since;
  Time until;
};

/// An alert a supervisor has judged.
struct JudgedAlert {
  RiskLevel level = RiskLevel::kOrange;
  double risk = 0;
  Verdict verdict = Verdict::kRight;
  std::optional<int> lead_turns;  ///< From the alert to the end of its call; nothing while the call goes on.
};

/// What the span of time holds.
struct CalibrationCounts {
  std::int64_t calls = 0;   ///< Begun in it.
  std::int64_t alerts = 0;  ///< Raised in it.
  std::int64_t missed = 0;  ///< Reported in it, of calls that never had an alert.
  std::vector<JudgedAlert> judged;
};

/// How good the warnings are.
struct Calibration {
  struct Level {
    std::int64_t judged = 0;
    std::int64_t right = 0;
    double mean_risk = 0;  ///< Of the judged alerts.
  };

  std::int64_t calls = 0;
  std::int64_t alerts = 0;
  std::int64_t judged = 0;
  std::int64_t right = 0;
  std::int64_t false_alarms = 0;
  std::int64_t missed = 0;
  double mean_lead_turns = 0;  ///< Of alerts judged right whose call has ended.
  std::map<RiskLevel, Level> levels;

  /// right ÷ judged; 0 when nothing was judged.
  [[nodiscard]] double Precision() const;
  /// right ÷ (right + missed); 0 when there is neither.
  [[nodiscard]] double Recall() const;
};

[[nodiscard]] Calibration Calibrate(const CalibrationCounts& counts);

}  // namespace hotline::escalation
