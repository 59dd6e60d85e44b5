#pragma once

#include <span>
#include <string>
#include <vector>

#include "classification/tools/train/labelled_calls.h"

namespace hotline::classification {

/// A turn in which what is looked for is marked: every place, or every time.
struct MarkedTurn {
  std::string text;
  std::vector<std::string> marked;  ///< In order, each verbatim.
};

/// Places of the labelled calls, a line each ("call<TAB>turn<TAB>place"): every caller's turn of `calls`, in their
/// order. Throws std::runtime_error naming the line whose call or words are not there.
[[nodiscard]] std::vector<std::vector<MarkedTurn>> ReadPlaces(const std::string& file,
                                                              std::span<const LabelledCall> calls);

/// Turns of no call, a line each, with their places between 【 and 】.
[[nodiscard]] std::vector<MarkedTurn> ReadMarkedTurns(const std::string& file);

/// Trains the taggers of places and times and what chooses among what they find, and writes place.tsv, time.tsv,
/// slot_when.tsv and slot_where.tsv into `models`; tells what they get right in calls that they have not seen.
void TrainSlots(const std::string& version, std::span<const LabelledCall> calls,
                std::span<const std::vector<MarkedTurn>> places, std::span<const MarkedTurn> others,
                const std::string& models);

}  // namespace hotline::classification
