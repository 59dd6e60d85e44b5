#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "classification/domain/turn.h"

namespace hotline::classification {

/// 要素 in one caller's turn: who, when, where, cause, course, each verbatim.
[[nodiscard]] std::vector<FoundSlot> SlotsOfTurn(const Turn& turn);

/// The best of each over a call: the fullest place, the time of the matter rather than that of an appointment.
[[nodiscard]] std::vector<FoundSlot> SlotsOfCall(std::span<const Turn> turns);

/// Key that cases of one matter and one neighbourhood share, the same on every replay; empty where no place is named.
[[nodiscard]] std::string HotIssueKey(const std::string& matter, const FoundSlot* where);

/// The part of such a key that all matters of one neighbourhood share.
[[nodiscard]] std::string_view NeighbourhoodOf(std::string_view hot_issue);

/// The slot of that name; null when there is none.
[[nodiscard]] const FoundSlot* Find(std::span<const FoundSlot> slots, SlotName name);

}  // namespace hotline::classification
