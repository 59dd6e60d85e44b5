#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "classification/domain/turn.h"
#include "language/linear_head.h"

namespace hotline::classification {

/// What the caller feels in one turn.
struct EmotionReading {
  Emotion emotion = Emotion::kCalm;
  double confidence = 0;
  std::vector<double> probabilities;  ///< Of each emotion, by number - 1.
  std::vector<Evidence> evidence;
};

/// Reads a caller's turn: a trained head over the words and the manner, and the caller's own trend. Feelings persist:
/// a bare "嗯" of somebody in despair is no calm. Immutable, thread-safe; about 50 µs a turn.
class EmotionReader {
 public:
  /// The head compiled in.
  [[nodiscard]] static const EmotionReader& Get();

  explicit EmotionReader(language::LinearHead head);

  /// `before`: the probabilities of the caller's previous turn, empty for the first. `agent`: what the agent said
  /// between the two, empty when nothing: whoever is brushed off seldom calms down.
  [[nodiscard]] EmotionReading Read(const Turn& turn, std::span<const double> before,
                                    std::string_view agent = {}) const;

  [[nodiscard]] const std::string& version() const { return head_.version(); }

 private:
  language::LinearHead head_;
  std::vector<Emotion> labels_;  ///< Of the head's columns.
};

}  // namespace hotline::classification
