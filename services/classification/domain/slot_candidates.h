#pragma once

#include <span>
#include <vector>

#include "classification/domain/places.h"
#include "classification/domain/times.h"
#include "classification/domain/turn.h"
#include "language/linear_head.h"

namespace hotline::classification {

/// A time or a place that is named in a call, and what tells whether it is the one of the matter.
struct SlotCandidate {
  FoundSlot slot;
  language::Features features;
  bool sure = false;  ///< That it is a time or a place; others only join those that are.
  double rule = 0;    ///< Log-odds that few calls teach: a time said back to the caller, or of an earlier call.
};

/// All times that a caller names, in order. What tells: the kind of time, the turn, what the agent asked before and
/// said back after, the words around it.
[[nodiscard]] std::vector<SlotCandidate> TimeCandidates(std::span<const Turn> turns, const TimeFinder& finder);

/// All places that the caller names; where there is none, those that the agent reads out or writes down.
[[nodiscard]] std::vector<SlotCandidate> PlaceCandidates(std::span<const Turn> turns, const PlaceFinder& finder);

/// The one label of the heads that choose (models/slot_when.tsv, slot_where.tsv).
inline constexpr char kTheOne[] = "the_one";

/// The surest of them; null when there is none.
[[nodiscard]] const SlotCandidate* Surest(std::span<const SlotCandidate> candidates, const language::LinearHead& head);

}  // namespace hotline::classification
