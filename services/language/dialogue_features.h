#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "language/vocabulary.h"

namespace hotline::language {

/// One turn of a dialogue, as satisfaction is forecast from it.
struct DialogueTurn {
  Speaker speaker = Speaker::kCaller;
  std::string text;
};

/// The probabilities of the six post emotions for each turn; empty for a turn that is not the caller's.
using TurnEmotions = std::vector<std::vector<double>>;

/// What a dialogue model reads: texts, each with weights of its own, and numbers; of some texts the encoder's state,
/// too, where there is one. Training reads the same ones through tools/features; a change here needs new models.
struct DialogueFeatures {
  std::vector<std::string> texts;
  std::vector<double> numbers;
  std::vector<std::vector<std::string>> encoded;  ///< Each the mean of its texts' states; none is empty.
};

/// Of a whole dialogue: who said what first, last and in all, how long it is, who speaks last, what the caller feels.
[[nodiscard]] DialogueFeatures HelpdeskFeatures(std::span<const DialogueTurn> turns, const TurnEmotions& emotions);
/// Of the caller's turn `at`: its words, the turn before and the reply, repeats, what the caller says nearby and feels.
[[nodiscard]] DialogueFeatures ShopFeatures(std::span<const DialogueTurn> turns, const TurnEmotions& emotions,
                                            std::size_t at);

}  // namespace hotline::language
