#include "classification/domain/concern_voice.h"

#include <cstddef>
#include <optional>
#include <vector>

#include "language/linear_model.h"

namespace hotline::classification {

double SureOf(const ConcernVoice& concern, std::string_view name) {
  std::vector<double> scores;
  std::optional<std::size_t> asked;
  for (const auto& [one, score] : concern.scores) {
    if (one == name) asked = scores.size();
    scores.push_back(score);
  }
  return asked ? language::Softmax(scores)[*asked] : 0;
}

}  // namespace hotline::classification
