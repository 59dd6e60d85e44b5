#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "classification/domain/turn.h"

namespace hotline::classification {

/// Which of the known kinds of dialogue a forecast is for.
enum class DialogueStyle { kHelpdesk = 1, kShop, kCall };

struct DialogueTurn {
  Speaker speaker = Speaker::kCaller;
  std::string_view text;
};

struct SatisfactionForecast {
  std::array<double, 5> distribution{};  ///< Probabilities of -2 … 2.
  std::vector<double> dissatisfied;      ///< One a turn; 0 for the helpdesk's.
};

/// The trained models over whole texts (services/language). Pure functions over loaded files; thread-safe.
class TextModels {
 public:
  virtual ~TextModels() = default;
  /// Best three; over `among` where it is not empty. An empty text gets the topics' shares in training.
  [[nodiscard]] virtual std::vector<Scored<std::string>> Topics(std::string_view text,
                                                                std::span<const std::string_view> among) const = 0;
  /// neutral angry happy sad fear surprise, best three.
  [[nodiscard]] virtual std::vector<Scored<std::string>> PostEmotions(std::string_view text) const = 0;
  [[nodiscard]] virtual SatisfactionForecast Forecast(std::span<const DialogueTurn> turns, DialogueStyle style) const = 0;
  [[nodiscard]] virtual std::string version() const = 0;
};

}  // namespace hotline::classification
