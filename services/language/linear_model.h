#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "language/features.h"

namespace hotline::language {

/// A class and its calibrated probability.
struct Scored {
  std::string_view label;  ///< Lives as long as the model.
  double probability = 0;
};

/// The words of a text that spoke most for a label.
struct LabelEvidence {
  std::size_t begin = 0;  ///< Bytes.
  std::size_t end = 0;
  double weight = 0;  ///< Contribution to the label's score.
};

/// Multinomial logistic regression over hashed character n-grams (features.h), weighted 1 + ln(count) times the inverse
/// document frequency and scaled to unit length; weights in one byte, probabilities calibrated by a temperature that
/// was fitted on held-out folds. Immutable, thread-safe.
///
/// The first of several lines is the subject: it counts `headline` times.
///
/// File (little endian): "HLLM0001", u32 length of a JSON header {name, version, labels, bucket_bits, max_n, headline,
/// temperature},
/// f32 idf scale, u8 idf[buckets], f32 weight scale[labels], f32 bias[labels], i8 weight[buckets][labels].
class LinearModel {
 public:
  /// NOT_FOUND; DATA_LOSS when the file is not such a model or is cut.
  static absl::StatusOr<std::unique_ptr<const LinearModel>> Load(const std::filesystem::path& file);

  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] std::span<const std::string> labels() const { return labels_; }

  /// Probabilities in the order of labels().
  [[nodiscard]] std::vector<double> Probabilities(std::string_view text) const;
  /// Best first; over `among` only, where it is not empty (unknown labels in it are ignored).
  [[nodiscard]] std::vector<Scored> Rank(std::string_view text, std::span<const std::string_view> among = {}) const;
  /// At most `limit` pieces, strongest first, not overlapping.
  [[nodiscard]] std::vector<LabelEvidence> Evidence(std::string_view text, std::string_view label,
                                                    std::size_t limit) const;

 private:
  LinearModel() = default;
  absl::Status Parse(std::string_view bytes);
  [[nodiscard]] std::vector<double> Scores(std::string_view text) const;

  std::string version_;
  std::vector<std::string> labels_;
  FeatureSpace space_;
  std::uint32_t headline_ = 1;
  double temperature_ = 1;
  double idf_scale_ = 1;
  std::vector<std::uint8_t> idf_;
  std::vector<float> scale_;
  std::vector<float> bias_;
  std::vector<std::int8_t> weights_;
};

/// softmax(scores / temperature).
[[nodiscard]] std::vector<double> Softmax(std::vector<double> scores, double temperature = 1);

/// Best first; over `among` only, where it is not empty (unknown labels in it are ignored). The labels must outlive it.
[[nodiscard]] std::vector<Scored> RankLabels(std::span<const std::string> labels, std::span<const double> probabilities,
                                             std::span<const std::string_view> among);

}  // namespace hotline::language
