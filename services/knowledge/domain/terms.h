#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hotline::knowledge {

/// The search terms of a text, in order, repeats kept: every Chinese character and every pair of neighbours (no word
/// list to maintain, nothing to cut wrongly), numbers and Latin words whole. Width, case and traditional characters are
/// folded; the politeness every question shares (请问, 怎么 …) is left out.
[[nodiscard]] std::vector<std::string> SearchTerms(std::string_view utf8);

}  // namespace hotline::knowledge
