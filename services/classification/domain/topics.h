#pragma once

#include <span>
#include <string>
#include <vector>

#include "classification/domain/dispatch_directory.h"
#include "classification/domain/trained_models.h"
#include "classification/domain/turn.h"

namespace hotline::classification {

/// What is spoken about: matters of the directory, and the topics they and the trained model give.
struct MatterReading {
  std::vector<MatterMatch> matters;         ///< Best first.
  std::vector<Scored<std::string>> topics;  ///< Best three, probabilities over all fifteen.
};

/// The texts that count in full, a line each: what the trained models read.
[[nodiscard]] std::string TextOf(std::span<const WeightedText> texts);

/// Reads texts together; `trained` of TextOf(texts), may be null: then the directory speaks alone. `of_call` is of the
/// whole call, and empty while there is none: matters of its topics and departments come first.
[[nodiscard]] MatterReading ReadMatter(const DispatchDirectory& directory, const TrainedReading* trained,
                                       std::span<const WeightedText> texts, const TrainedDispatch& of_call = {});

}  // namespace hotline::classification
