#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "language/dialogue_features.h"
#include "language/features.h"

namespace hotline::language {

/// Multinomial logistic regression over a dialogue's texts and numbers, and over an encoder's states of some texts
/// (dialogue_features.h). Each text has its own buckets, weighted and scaled as in LinearModel; its weights are in one
/// byte. Immutable, thread-safe.
///
/// File (little endian): "HLDM0001", u32 length of a JSON header {name, version, labels, bucket_bits, max_n, texts,
/// numbers, states, encoder} (texts, numbers, states: how many; encoder: whose states), then for each text f32 idf
/// scale, u8 idf[buckets], f32 weight scale[labels], i8 weight[buckets][labels]; then f32 number
/// weight[numbers][labels], f32 state weight[states][kStateSize][labels], f32 bias[labels].
class DialogueModel {
 public:
  /// NOT_FOUND; DATA_LOSS when the file is not such a model or is cut.
  static absl::StatusOr<std::unique_ptr<const DialogueModel>> Load(const std::filesystem::path& file);

  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] std::span<const std::string> labels() const { return labels_; }
  [[nodiscard]] std::size_t texts() const { return texts_.size(); }
  [[nodiscard]] std::size_t numbers() const { return numbers_; }

  /// 0: it reads none.
  [[nodiscard]] std::size_t states() const { return states_; }
  /// The version of the encoder whose states it reads.
  [[nodiscard]] const std::string& encoder() const { return encoder_; }

  /// In the order of labels(). `features` has texts() texts and numbers() numbers; there are states() states.
  [[nodiscard]] std::vector<double> Probabilities(const DialogueFeatures& features,
                                                  std::span<const std::vector<double>> states = {}) const;
  /// The same before they become probabilities: sums of weights.
  [[nodiscard]] std::vector<double> Scores(const DialogueFeatures& features,
                                           std::span<const std::vector<double>> states = {}) const;

 private:
  struct TextWeights {
    double idf_scale = 1;
    std::vector<std::uint8_t> idf;
    std::vector<float> scale;
    std::vector<std::int8_t> weights;
  };

  DialogueModel() = default;
  absl::Status Parse(std::string_view bytes);

  std::string version_;
  std::vector<std::string> labels_;
  FeatureSpace space_;
  std::vector<TextWeights> texts_;
  std::size_t numbers_ = 0;
  std::vector<float> number_weights_;
  std::size_t states_ = 0;
  std::string encoder_;
  std::vector<float> state_weights_;
  std::vector<float> bias_;
};

}  // namespace hotline::language
