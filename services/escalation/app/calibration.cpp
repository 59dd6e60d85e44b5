#include "escalation/app/calibration.h"

namespace hotline::escalation {
namespace {

double Ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double Calibration::Precision() const { return Ratio(right, judged); }

double Calibration::Recall() const { return Ratio(right, right + missed); }

Calibration Calibrate(const CalibrationCounts& counts) {
  Calibration result{.calls = counts.calls, .alerts = counts.alerts, .missed = counts.missed};
  std::int64_t lead_turns = 0;
  std::int64_t with_lead = 0;
  for (const JudgedAlert& alert : counts.judged) {
    Calibration::Level& level = result.levels[alert.level];
    ++result.judged;
    ++level.judged;
    level.mean_risk += alert.risk;  // A sum until all are in.
    if (alert.verdict == Verdict::kFalseAlarm) ++result.false_alarms;
    if (alert.verdict != Verdict::kRight) continue;
    ++result.right;
    ++level.right;
    if (!alert.lead_turns) continue;
    ++with_lead;
    lead_turns += *alert.lead_turns;
  }
  result.mean_lead_turns = Ratio(lead_turns, with_lead);
  for (auto& [name, level] : result.levels) level.mean_risk /= static_cast<double>(level.judged);
  return result;
}

}  // namespace hotline::escalation
