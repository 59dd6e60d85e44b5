#pragma once

#include <span>
#include <string>

#include "classification/domain/dispatch_directory.h"
#include "classification/domain/turn.h"

namespace hotline::classification {

/// The caller's own words, sentence by sentence, of all turns but the shortest, until there is enough.
[[nodiscard]] std::string Summary(std::span<const Turn> turns);

/// Place, matter and kind. `entry`: the directory's; null where none fits.
[[nodiscard]] std::string Title(const UnderstoodCase& understood, const DispatchEntry* entry);

/// An inquiry that the agent answered and the caller left content with: nothing is left to dispatch. `emotions`: one
/// for each caller's turn.
[[nodiscard]] bool Answered(std::span<const Turn> turns, std::span<const Emotion> emotions);

}  // namespace hotline::classification
