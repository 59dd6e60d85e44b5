#pragma once

#include <string>
#include <vector>

#include "language/sequence_tagger.h"

namespace hotline::language {

/// What each thing of a row shows, and its label's number.
struct LabelledRow {
  std::vector<Features> shown;
  std::vector<std::size_t> labels;
};

/// An averaged perceptron over whole rows (Collins 2002): of the features met at least three times, those that
/// came to weigh something. Deterministic.
[[nodiscard]] SequenceTagger TrainTagger(const std::string& version, const std::vector<std::string>& labels,
                                         const std::vector<const LabelledRow*>& rows, int passes = 12);

}  // namespace hotline::language
