#include "language/dialogue_model.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "language/encoder.h"
#include "language/linear_model.h"
#include "language/model_file.h"

namespace hotline::language {
namespace {

constexpr std::string_view kMagic = "HLDM0001";
constexpr std::uint32_t kMaxTexts = 64;
constexpr std::uint32_t kMaxNumbers = 4096;
constexpr std::size_t kMaxStates = 16;

}  // namespace

absl::StatusOr<std::unique_ptr<const DialogueModel>> DialogueModel::Load(const std::filesystem::path& file) {
  const absl::StatusOr<std::string> bytes = ReadModelFile(file);
  if (!bytes.ok()) return bytes.status();
  std::unique_ptr<DialogueModel> model{new DialogueModel};
  const absl::Status parsed = Guarded([&] { return model->Parse(*bytes); });
  if (!parsed.ok()) return NotAModel(file, parsed);
  return model;
}

absl::Status DialogueModel::Parse(std::string_view bytes) {
  ModelReader reader{bytes};
  const auto read = reader.Header(kMagic);
  if (!read.ok()) return read.status();
  const nlohmann::json& header = *read;
  version_ = header.value("version", "");
  labels_ = header.value("labels", std::vector<std::string>{});
  space_ = {.bucket_bits = header.value("bucket_bits", 0U), .max_n = header.value("max_n", 0U)};
  const auto texts = header.value("texts", 0U);
  numbers_ = header.value("numbers", 0U);
  states_ = header.value("states", 0U);
  encoder_ = header.value("encoder", "");
  if (labels_.empty() || space_.bucket_bits == 0 || space_.bucket_bits > kMaxBucketBits || space_.max_n == 0 ||
      texts > kMaxTexts || numbers_ > kMaxNumbers || states_ > kMaxStates) {
    return absl::DataLossError("its header lacks labels, bucket_bits or max_n, or asks for too much");
  }
  const std::size_t buckets = std::size_t{1} << space_.bucket_bits;
  texts_.resize(texts);
  for (TextWeights& text : texts_) {
    text.idf_scale = reader.One<float>();
    reader.Fill(text.idf, buckets);
    reader.Fill(text.scale, labels_.size());
    reader.Fill(text.weights, buckets * labels_.size());
  }
  reader.Fill(number_weights_, numbers_ * labels_.size());
  reader.Fill(state_weights_, states_ * kStateSize * labels_.size());
  reader.Fill(bias_, labels_.size());
  return reader.whole() ? absl::OkStatus() : absl::DataLossError("its size does not fit its header");
}

std::vector<double> DialogueModel::Scores(const DialogueFeatures& features,
                                          std::span<const std::vector<double>> states) const {
  const std::size_t classes = labels_.size();
  std::vector<double> scores(bias_.begin(), bias_.end());
  for (std::size_t t = 0; t < texts_.size(); ++t) {
    const TextWeights& text = texts_[t];
    std::vector<double> sums(classes, 0.0);
    double squares = 0;
    for (const Feature& feature : ExtractFeatures(features.texts[t], space_)) {
      const double value = (1 + std::log(feature.count)) * text.idf[feature.bucket] * text.idf_scale;
      squares += value * value;
      const std::int8_t* const row = &text.weights[feature.bucket * classes];
      for (std::size_t c = 0; c < classes; ++c) sums[c] += value * row[c];
    }
    const double length = squares > 0 ? std::sqrt(squares) : 1;
    for (std::size_t c = 0; c < classes; ++c) scores[c] += sums[c] / length * text.scale[c];
  }
  for (std::size_t i = 0; i < numbers_; ++i) {
    for (std::size_t c = 0; c < classes; ++c) scores[c] += features.numbers[i] * number_weights_[i * classes + c];
  }
  for (std::size_t s = 0; s < states_; ++s) {
    const float* row = &state_weights_[s * kStateSize * classes];
    for (const double value : states[s]) {
      for (std::size_t c = 0; c < classes; ++c) scores[c] += value * *row++;
    }
  }
  return scores;
}

std::vector<double> DialogueModel::Probabilities(const DialogueFeatures& features,
                                                 std::span<const std::vector<double>> states) const {
  return Softmax(Scores(features, states), 1);
}

}  // namespace hotline::language
