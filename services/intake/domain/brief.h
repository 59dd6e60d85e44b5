#pragma once

#include <string>
#include <vector>

#include "intake/domain/case.h"

namespace hotline::intake {

/// What the agent knows before the greeting.
struct CallerBrief {
  std::string caller_token;
  std::vector<EarlierCase> cases;     ///< Broken promises first, then the newest.
  std::vector<std::string> warnings;  ///< "承诺3月5日前答复，已超期"
  int total_cases = 0;                ///< May be more than `cases`.
};

/// `at` is the call's clock: an obligation that ended before it is overdue.
[[nodiscard]] CallerBrief MakeBrief(std::string caller_token, std::vector<EarlierCase> earlier, int total, Time at);

}  // namespace hotline::intake
