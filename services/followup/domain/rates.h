#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "followup/domain/follow_up.h"

namespace hotline::followup {

/// Counts over follow-ups; every rate is a quotient of two of them, 0 when the denominator is.
struct Rates {
  std::int64_t due = 0;
  std::int64_t contacted = 0;
  std::int64_t solved = 0;
  std::int64_t solved_known = 0;  ///< Contacted callers who said whether it is solved.
  std::int64_t satisfied = 0;     ///< 非常满意 + 满意 + 基本满意 of the department.
  std::int64_t rated = 0;         ///< Department ratings.
  std::int64_t hotline_satisfied = 0;
  std::int64_t hotline_rated = 0;

  [[nodiscard]] double ResponseRate() const;      ///< 响应率 = contacted ÷ due
  [[nodiscard]] double SolutionRate() const;      ///< 解决率 = solved ÷ due: who was not reached is not solved
  [[nodiscard]] double SatisfactionRate() const;  ///< 满意率 = satisfied ÷ rated
};

enum class GroupBy { kNothing = 0, kDepartment = 1, kTopic = 2, kKind = 3 };

/// A follow-up that counts in no rate, and why.
struct Exclusion {
  std::string case_no;
  std::string follow_up_id;
  std::string reason;
};

/// Counts follow-ups one by one, so that anybody can do the same from the list. Not thread-safe.
class RatesReport {
 public:
  explicit RatesReport(GroupBy group_by) : group_by_{group_by} {}

  void Add(const FollowUp& follow_up);

  [[nodiscard]] const Rates& total() const { return total_; }
  /// By name; empty when grouped by nothing. Follow-ups without a department (topic, kind) are in the group "".
  [[nodiscard]] const std::map<std::string, Rates>& groups() const { return groups_; }
  [[nodiscard]] const std::vector<Exclusion>& exclusions() const { return exclusions_; }

 private:
  const GroupBy group_by_;
  Rates total_;
  std::map<std::string, Rates> groups_;
  std::vector<Exclusion> exclusions_;
};

}  // namespace hotline::followup
