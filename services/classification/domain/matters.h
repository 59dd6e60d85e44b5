#pragma once

#include <optional>
#include <span>
#include <vector>

#include "classification/domain/danger.h"
#include "classification/domain/kinds.h"

namespace hotline::classification {

/// What the kinds that were read become by what they cannot know: danger to the caller's own life is a case of help
/// whatever else was said, danger that was reported in vain a complaint besides, praise in mockery a complaint, and a
/// complaint of the agent a case of its own. `readings`: one for each caller's turn. `matters`: at least one.
void SettleMatters(std::span<const Turn> turns, std::span<const CallerReading> readings,
                   const std::optional<Emergency>& emergency, std::vector<KindReading::Matter>& matters);

}  // namespace hotline::classification
