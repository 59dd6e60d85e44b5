#pragma once

#include <string_view>
#include <vector>

#include "intake/domain/case.h"

namespace hotline::intake {

/// Whether two texts of one caller speak of the same matter: enough of the shorter one's character pairs stand in the
/// longer one (the same street, the same building, the same wrong).
[[nodiscard]] bool SameMatter(std::string_view text, std::string_view earlier_summary);

/// Links `filed` to the caller's earlier cases of the same matter: the first of them becomes its parent, `repeats` is
/// their number. Topics, where both are known, must agree. `earlier`: that caller's, in any order, `filed` not among
/// them. 表扬 repeats nothing.
void LinkRepeats(Case& filed, const std::vector<EarlierCase>& earlier);

}  // namespace hotline::intake
