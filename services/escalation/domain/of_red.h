#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "escalation/domain/call.h"
#include "escalation/domain/caller_turns.h"
#include "escalation/domain/concerns.h"
#include "escalation/domain/risk_weights.h"

namespace hotline::escalation {

/// Red is for danger, for a crowd that is about to act, and for an informant who was made known. What is said in words
/// that no hard rule knows is red where it is believed; here is decided when.

[[nodiscard]] bool IsOfRed(Concern concern);
/// Whether evidence of this code tells of what red is for.
[[nodiscard]] bool TellsOfRed(std::string_view code);

/// What evidence of this code is of; nothing where it tells of nothing to be red for, or does not say of what.
[[nodiscard]] std::optional<Peril> PerilOf(std::string_view code);
/// What `reasons` make a call red for: what the first of them that says so is of.
[[nodiscard]] std::optional<Peril> PerilOf(const std::vector<Evidence>& reasons);

/// Whether any turn is sure enough that the model may speak red at all.
[[nodiscard]] bool MayBeRed(const std::vector<CallerTurn>& turns, const RiskWeights& weights);

/// Whether `last` alone makes the call red. Somebody who is calm about it, asks how to report or tells of a drill, must
/// be believed less readily; somebody who is afraid, or whose call is in trouble otherwise or was before, more.
[[nodiscard]] bool MustBeRed(const CallerTurn& last, bool in_trouble, const RiskWeights& weights);

/// Whether a rule's words are used harmlessly ("要出人命，是气的"): the head, and the encoder that reads the whole
/// sentence, together hear nothing of what red is for. Never without the encoder.
[[nodiscard]] bool SoundsOnlyAlarming(const HeardTurn& heard, const RiskWeights& weights);

/// Whether a caller's words are so plain that the head alone need not wait for the encoder to hear them, too: of 96
/// turns in which a rule found its words the encoder heard 50 used harmlessly, and none of the 18 that are so plain.
[[nodiscard]] bool IsPlain(const HeardTurn& heard, const RiskWeights& weights);

/// The turn that is surest of danger, a crowd or a leak, and of which of them. What is too unsure of each to weigh may
/// be sure enough of all together. `turns`: at least one.
[[nodiscard]] Evidence SurestOfRed(const std::vector<CallerTurn>& turns);

}  // namespace hotline::escalation
