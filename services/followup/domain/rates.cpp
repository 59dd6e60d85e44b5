#include "followup/domain/rates.h"

namespace hotline::followup {
namespace {

double Quotient(std::int64_t numerator, std::int64_t denominator) {
  return denominator == 0 ? 0 : static_cast<double>(numerator) / static_cast<double>(denominator);
}

void Count(const FollowUp& follow_up, Rates& rates) {
  ++rates.due;
  if (!follow_up.outcome || !follow_up.outcome->contacted) return;
  const Outcome& said = *follow_up.outcome;
  ++rates.contacted;
  rates.solved_known += said.solved.has_value();
  rates.solved += said.solved.value_or(false);
  rates.rated += said.department.has_value();
  rates.satisfied += said.department && IsSatisfied(*said.department);
  rates.hotline_rated += said.hotline.has_value();
  rates.hotline_satisfied += said.hotline && IsSatisfied(*said.hotline);
}

std::string GroupOf(const FollowUp& follow_up, GroupBy group_by) {
  switch (group_by) {
    case GroupBy::kDepartment: return follow_up.department;
    case GroupBy::kTopic: return follow_up.topic;
    case GroupBy::kKind: return follow_up.kind ? std::string{language::Name(*follow_up.kind)} : "";
    case GroupBy::kNothing: break;
  }
  return "";
}

}  // namespace

double Rates::ResponseRate() const { return Quotient(contacted, due); }
double Rates::SolutionRate() const { return Quotient(solved, due); }
double Rates::SatisfactionRate() const { return Quotient(satisfied, rated); }

void RatesReport::Add(const FollowUp& follow_up) {
  if (!follow_up.exclusion.empty()) {
    exclusions_.push_back({follow_up.case_no, follow_up.id, follow_up.exclusion});
    return;
  }
  Count(follow_up, total_);
  if (group_by_ != GroupBy::kNothing) Count(follow_up, groups_[GroupOf(follow_up, group_by_)]);
}

}  // namespace hotline::followup
