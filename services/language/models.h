#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "language/dialogue_features.h"
#include "language/dialogue_model.h"
#include "language/linear_model.h"
#include "language/vocabulary.h"

namespace hotline::language {

/// Which known kind of dialogue: their customers rate differently.
enum class DialogueStyle { kHelpdesk = 1, kShop, kCall };

struct SatisfactionForecast {
  std::vector<double> distribution;  ///< Of -2, -1, 0, 1, 2; sums to 1.
  std::vector<double> dissatisfied;  ///< For each turn; 0 for the helpdesk's own.
};

/// Every trained model, loaded once. Immutable, thread-safe. A text that is empty gets the models' prior.
class Models {
 public:
  /// Reads topics.model, post_emotion.model, helpdesk.model and shop.model. The error names the file.
  static absl::StatusOr<std::shared_ptr<const Models>> Load(const std::filesystem::path& directory);

  /// Stamp for assessments: "linear-2026.11.24".
  [[nodiscard]] const std::string& version() const { return version_; }

  /// Level-1 topics, best first; over `among` only where it is not empty. A first line of several is the subject.
  [[nodiscard]] std::vector<Scored> Topics(std::string_view text, std::span<const std::string_view> among = {}) const;
  /// The words that spoke most for a topic.
  [[nodiscard]] std::vector<LabelEvidence> TopicEvidence(std::string_view text, std::string_view topic,
                                                         std::size_t limit = 3) const;
  /// neutral angry happy sad fear surprise, best first.
  [[nodiscard]] std::vector<Scored> PostEmotions(std::string_view text) const;
  /// neutral angry happy sad fear surprise of each of the caller's turns; empty for the others.
  [[nodiscard]] TurnEmotions EmotionsOf(std::span<const DialogueTurn> turns) const;
  /// How satisfied the dialogue leaves its customer. Uses the whole dialogue: for a live call, give it what was said so
  /// far.
  [[nodiscard]] SatisfactionForecast Forecast(std::span<const DialogueTurn> turns, DialogueStyle style) const;

 private:
  Models() = default;

  std::string version_;
  std::unique_ptr<const LinearModel> topics_;
  std::unique_ptr<const LinearModel> post_emotion_;
  std::unique_ptr<const DialogueModel> helpdesk_;
  std::unique_ptr<const DialogueModel> shop_;
};

/// Where the models lie: `configured`, else HOTLINE_MODEL_DIR, else beside the program (../share/hotline/models), else
/// the source tree.
[[nodiscard]] std::filesystem::path ModelDirectory(const std::filesystem::path& configured = {});

}  // namespace hotline::language
