#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "classification/domain/turn.h"
#include "language/linear_head.h"

namespace hotline::classification {

/// Feelings that turn into each other: leaving a family takes more than moving inside it.
enum class Family { kCalm, kWorried, kHurt, kAngry, kGrateful };

inline constexpr std::size_t kFamilies = 5;
using Families = std::array<double, kFamilies>;

[[nodiscard]] constexpr std::size_t Index(Family family) { return static_cast<std::size_t>(family); }
[[nodiscard]] Family FamilyOf(Emotion emotion);

/// "calm", "worried", …: the labels of the trend head.
[[nodiscard]] std::string_view Name(Family family);
[[nodiscard]] std::optional<Family> FamilyFromName(std::string_view name);

/// Probabilities of emotions, by number - 1, added up by family.
[[nodiscard]] Families FamiliesOf(std::span<const double> emotions);

/// How far back a turn is understood from; what is older has been answered.
inline constexpr std::size_t kTrendMemory = 40;

/// What the trend head reads: what the words of this turn and of the caller's earlier ones say, how the call began and
/// what it is about, how the agent has answered. Nothing of later turns.
///
/// `turns`: the call up to the caller's turn in question, which is the last. `words`: for each caller's turn among them
/// what its words alone say.
[[nodiscard]] language::Features TrendFeatures(std::span<const Turn> turns, std::span<const Families> words);

}  // namespace hotline::classification
