#include "language/linear_model.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <nlohmann/json.hpp>

#include "language/model_file.h"

namespace hotline::language {
namespace {

constexpr std::string_view kMagic = "HLLM0001";
/// The text with its first line `times` times, where it has more than one.
std::string WithHeadline(std::string_view text, std::uint32_t times) {
  const std::size_t line_end = text.find('\n');
  std::string all;
  for (std::uint32_t i = 1; line_end != std::string_view::npos && i < times; ++i) all += text.substr(0, line_end + 1);
  return all += text;
}

}  // namespace

std::vector<double> Softmax(std::vector<double> scores, double temperature) {
  const double highest = *std::max_element(scores.begin(), scores.end());
  double total = 0;
  for (double& score : scores) total += score = std::exp((score - highest) / temperature);
  for (double& score : scores) score /= total;
  return scores;
}

std::vector<Scored> RankLabels(std::span<const std::string> labels, std::span<const double> probabilities,
                               std::span<const std::string_view> among) {
  std::vector<Scored> ranked;
  double total = 0;
  for (std::size_t c = 0; c < labels.size(); ++c) {
    if (!among.empty() && std::find(among.begin(), among.end(), labels[c]) == among.end()) continue;
    ranked.push_back({labels[c], probabilities[c]});
    total += probabilities[c];
  }
  for (Scored& one : ranked)
    one.probability = total > 0 ? one.probability / total : 1.0 / static_cast<double>(ranked.size());
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Scored& a, const Scored& b) { return a.probability > b.probability; });
  return ranked;
}

absl::StatusOr<std::unique_ptr<const LinearModel>> LinearModel::Load(const std::filesystem::path& file) {
  const absl::StatusOr<std::string> bytes = ReadModelFile(file);
  if (!bytes.ok()) return bytes.status();
  std::unique_ptr<LinearModel> model{new LinearModel};
  const absl::Status parsed = Guarded([&] { return model->Parse(*bytes); });
  if (!parsed.ok()) return NotAModel(file, parsed);
  return model;
}

absl::Status LinearModel::Parse(std::string_view bytes) {
  ModelReader reader{bytes};
  const auto read = reader.Header(kMagic);
  if (!read.ok()) return read.status();
  const nlohmann::json& header = *read;
  version_ = header.value("version", "");
  labels_ = header.value("labels", std::vector<std::string>{});
  space_ = {.bucket_bits = header.value("bucket_bits", 0U), .max_n = header.value("max_n", 0U)};
  headline_ = header.value("headline", 1U);
  temperature_ = header.value("temperature", 0.0);
  if (labels_.empty() || space_.bucket_bits == 0 || space_.bucket_bits > kMaxBucketBits || space_.max_n == 0 ||
      temperature_ <= 0) {
    return absl::DataLossError("its header lacks labels, bucket_bits, max_n or temperature");
  }
  const std::size_t buckets = std::size_t{1} << space_.bucket_bits;
  idf_scale_ = reader.One<float>();
  reader.Fill(idf_, buckets);
  reader.Fill(scale_, labels_.size());
  reader.Fill(bias_, labels_.size());
  reader.Fill(weights_, buckets * labels_.size());
  return reader.whole() ? absl::OkStatus() : absl::DataLossError("its size does not fit its header");
}

std::vector<double> LinearModel::Scores(std::string_view text) const {
  const std::size_t classes = labels_.size();
  std::vector<double> sums(classes, 0.0);
  double squares = 0;
  for (const Feature& feature : ExtractFeatures(WithHeadline(text, headline_), space_)) {
    const double value = (1 + std::log(feature.count)) * idf_[feature.bucket] * idf_scale_;
    squares += value * value;
    const std::int8_t* const row = &weights_[feature.bucket * classes];
    for (std::size_t c = 0; c < classes; ++c) sums[c] += value * row[c];
  }
  const double length = squares > 0 ? std::sqrt(squares) : 1;
  for (std::size_t c = 0; c < classes; ++c) sums[c] = sums[c] / length * scale_[c] + bias_[c];
  return sums;
}

std::vector<double> LinearModel::Probabilities(std::string_view text) const {
  return Softmax(Scores(text), temperature_);
}

std::vector<Scored> LinearModel::Rank(std::string_view text, std::span<const std::string_view> among) const {
  return RankLabels(labels_, Probabilities(text), among);
}

std::vector<LabelEvidence> LinearModel::Evidence(std::string_view text, std::string_view label,
                                                 std::size_t limit) const {
  const auto found = std::find(labels_.begin(), labels_.end(), label);
  if (found == labels_.end()) return {};
  const auto c = static_cast<std::size_t>(found - labels_.begin());
  std::vector<LabelEvidence> grams;
  for (const Gram& gram : ExtractGrams(text, space_)) {
    const double weight = idf_[gram.bucket] * idf_scale_ * scale_[c] * weights_[gram.bucket * labels_.size() + c];
    // A word is two characters or more: one alone decides little and explains nothing.
    if (weight > 0 && gram.end - gram.begin > 4) grams.push_back({gram.begin, gram.end, weight});
  }
  std::stable_sort(grams.begin(), grams.end(), [](const auto& a, const auto& b) { return a.weight > b.weight; });
  std::vector<LabelEvidence> best;
  for (const LabelEvidence& gram : grams) {
    const bool overlaps = std::any_of(best.begin(), best.end(),
                                      [&](const auto& kept) { return gram.begin < kept.end && kept.begin < gram.end; });
    if (!overlaps) best.push_back(gram);
    if (best.size() == limit) break;
  }
  return best;
}

}  // namespace hotline::language
