#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "classification/domain/turn.h"

namespace hotline::classification {

/// A labelled call: its turns, and the feelings of the caller's in their order.
struct LabelledCall {
  std::string id;
  std::vector<Turn> turns;
  std::vector<std::string> emotions;
  std::vector<std::string> kinds;
  std::string when;  ///< As spoken; empty when nothing was said.
  std::string where;
};

/// The calls of all files (tests/data/calls). Throws std::runtime_error naming the file that cannot be read.
[[nodiscard]] std::vector<LabelledCall> ReadCalls(std::span<char* const> files);

inline constexpr std::size_t kFolds = 5;

/// A fold for each of so many calls: the turns of one are never on both sides.
[[nodiscard]] std::vector<std::size_t> Folds(std::size_t calls);

}  // namespace hotline::classification
