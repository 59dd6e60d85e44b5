#pragma once

#include <span>
#include <vector>

#include "classification/domain/turn.h"

namespace hotline::classification {

/// What the caller of a matter truly wants: one or two, the surest first. `emotions` are those of the caller's turns,
/// in order: respect is seldom asked for, it shows in how a conversation sours.
[[nodiscard]] std::vector<Intent> IntentsOf(CaseKind kind, std::span<const Turn> turns,
                                            std::span<const Emotion> emotions);

/// What one turn wants; empty when it wants nothing.
[[nodiscard]] std::vector<Intent> IntentsOfTurn(const Turn& turn, const TurnUnderstanding& read);

}  // namespace hotline::classification
