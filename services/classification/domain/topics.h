#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "classification/domain/dispatch_directory.h"
#include "classification/domain/turn.h"

namespace hotline::classification {

/// Probabilities of level-1 topics, and the stamp of what gave them: a busy encoder leaves it to the linear heads.
struct TrainedReading {
  std::vector<Scored<std::string>> topics;
  std::string model;
};

/// A trained model over written messages. May know only some topics.
using TopicModel = std::function<TrainedReading(std::string_view text)>;

/// What is spoken about: matters of the directory, and the topics they and the trained model give.
struct MatterReading {
  std::vector<MatterMatch> matters;         ///< Best first.
  std::vector<Scored<std::string>> topics;  ///< Best three, probabilities over all fifteen.
  std::string model;                        ///< Stamp of the trained model that spoke; empty when none did.
};

/// Reads texts together. `model` may be empty: then the directory speaks alone.
[[nodiscard]] MatterReading ReadMatter(const DispatchDirectory& directory, const TopicModel& model,
                                       std::span<const WeightedText> texts);

}  // namespace hotline::classification
