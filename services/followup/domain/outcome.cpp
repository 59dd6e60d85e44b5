#include "followup/domain/outcome.h"

namespace hotline::followup {
namespace {

bool LeftUnsolved(const Outcome& outcome) { return outcome.contacted && outcome.solved == false; }

bool DepartmentFailed(const Outcome& outcome) { return outcome.department && !IsSatisfied(*outcome.department); }

}  // namespace

std::vector<Problem> Problems(const Outcome& outcome) {
  constexpr std::string_view kUnreached = "cannot be known of a caller who was not contacted";
  std::vector<Problem> problems;
  if (outcome.contacted) {
    const bool rated = outcome.department || outcome.hotline;
    if (rated && !outcome.solved) {
      problems.push_back({"solved", "is asked before the ratings: contacted, solved, satisfied"});
    }
    return problems;
  }
  if (outcome.solved) problems.push_back({"solved", kUnreached});
  if (outcome.department) problems.push_back({"department_rating", kUnreached});
  if (outcome.hotline) problems.push_back({"hotline_rating", kUnreached});
  if (!outcome.verbatim.empty()) problems.push_back({"verbatim", kUnreached});
  return problems;
}

bool MustReopen(const Outcome& outcome) { return LeftUnsolved(outcome) || DepartmentFailed(outcome); }

std::string ReopenReason(const Outcome& outcome) {
  std::string reason = LeftUnsolved(outcome) ? "未解决" : "";
  if (DepartmentFailed(outcome)) reason += reason.empty() ? "对承办单位不满意" : "，对承办单位不满意";
  return reason;
}

bool IsSatisfied(Rating rating) {
  switch (rating) {
    case Rating::kVerySatisfied:
    case Rating::kSatisfied:
    case Rating::kFairlySatisfied: return true;
    case Rating::kDissatisfied:
    case Rating::kVeryDissatisfied: break;
  }
  return false;
}

}  // namespace hotline::followup
