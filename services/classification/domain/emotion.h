#pragma once

#include <span>
#include <string>
#include <vector>

#include "classification/domain/emotion_trend.h"
#include "classification/domain/turn.h"
#include "language/encoder.h"
#include "language/linear_head.h"

namespace hotline::classification {

/// What the caller feels in one turn.
struct EmotionReading {
  Emotion emotion = Emotion::kCalm;
  double confidence = 0;
  std::vector<double> probabilities;  ///< Of each emotion, by number - 1.
  std::vector<Evidence> evidence;
};

/// Reads a caller's turn. Two trained heads: one over the words and the manner says which feeling, one over what was
/// said before, by both, says which family of feelings (emotion_trend.h). Feelings persist: a bare "嗯" of somebody in
/// despair is no calm. Immutable, thread-safe; some 50 µs for each of the caller's turns so far.
class EmotionReader {
 public:
  /// The heads compiled in.
  [[nodiscard]] static const EmotionReader& Get();

  EmotionReader(language::LinearHead words, language::LinearHead trend);

  /// `before`: the call's earlier turns, of both speakers. `encoder`: what an encoder says of this turn; may be null.
  [[nodiscard]] EmotionReading Read(std::span<const Turn> before, const Turn& turn,
                                    const language::HeadVoice* encoder = nullptr) const;

  /// What the words of a turn say alone: the probability of each emotion, by number - 1.
  [[nodiscard]] std::vector<double> WordsAlone(const Turn& turn) const;

  [[nodiscard]] const std::string& version() const { return words_.version(); }

 private:
  language::LinearHead words_;
  language::LinearHead trend_;
  std::vector<Emotion> emotions_;  ///< Of the words' columns.
  std::vector<Family> families_;   ///< Of the trend's.
};

}  // namespace hotline::classification
