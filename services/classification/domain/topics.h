#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "classification/domain/dispatch_directory.h"
#include "classification/domain/turn.h"

namespace hotline::classification {

/// A trained model over written messages: probabilities of level-1 topics for a text. May know only some topics.
using TopicModel = std::function<std::vector<Scored<std::string>>(std::string_view text)>;

/// What is spoken about: matters of the directory, and the topics they and the trained model give.
struct MatterReading {
  std::vector<MatterMatch> matters;         ///< Best first.
  std::vector<Scored<std::string>> topics;  ///< Best three, probabilities over all fifteen.
};

/// Reads texts together. `model` may be empty: then the directory speaks alone.
[[nodiscard]] MatterReading ReadMatter(const DispatchDirectory& directory, const TopicModel& model,
                                       std::span<const WeightedText> texts);

}  // namespace hotline::classification
