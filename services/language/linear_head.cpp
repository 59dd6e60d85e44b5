#include "language/linear_head.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <ostream>
#include <stdexcept>

#include <absl/hash/hash.h>
#include <absl/strings/str_split.h>

namespace hotline::language {
namespace {

std::vector<std::string> Columns(std::string_view line) {
  return absl::StrSplit(absl::string_view{line.data(), line.size()}, '\t');
}

}  // namespace

LinearHead::LinearHead(std::string_view file) {
  std::size_t number = 0;
  while (!file.empty()) {
    const std::size_t end = std::min(file.find('\n'), file.size());
    std::vector<std::string> columns = Columns(file.substr(0, end));
    file.remove_prefix(std::min(end + 1, file.size()));
    ++number;
    if (columns.size() < 2) throw std::runtime_error("model line " + std::to_string(number) + " has no columns");
    if (number == 1) {
      version_ = columns[1];
    } else if (number == 2) {
      labels_.assign(columns.begin() + 1, columns.end());
    } else {
      if (columns.size() != labels_.size() + 1) {
        throw std::runtime_error("model line " + std::to_string(number) + " has not one weight a label");
      }
      std::vector<float> weights;
      weights.reserve(labels_.size());
      for (std::size_t i = 1; i < columns.size(); ++i) weights.push_back(std::strtof(columns[i].c_str(), nullptr));
      if (!Place(columns[0], weights).second) {
        throw std::runtime_error("model line " + std::to_string(number) + " has a feature twice");
      }
    }
  }
  weights_.shrink_to_fit();
}

std::uint64_t LinearHead::KeyOf(std::string_view feature) {
  return absl::HashOf(absl::string_view{feature.data(), feature.size()});
}

std::pair<std::size_t, bool> LinearHead::Place(std::string_view feature, const std::vector<float>& weights) {
  const auto [row, added] =
      rows_.try_emplace(KeyOf(feature), static_cast<std::uint32_t>(weights_.size() / labels_.size()));
  if (added) weights_.insert(weights_.end(), weights.begin(), weights.end());
  return {row->second * labels_.size(), added};
}

std::vector<double> LinearHead::Scores(const Features& features) const {
  std::vector<double> scores(labels_.size());
  for (const auto& [name, strength] : features) {
    const auto row = rows_.find(KeyOf(name));
    if (row == rows_.end()) continue;
    const float* const weights = &weights_[row->second * labels_.size()];
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i] += weights[i] * strength;
  }
  return scores;
}

void LinearHead::Set(const std::string& feature, const std::vector<float>& weights) {
  if (labels_.empty() || weights.size() != labels_.size())
    throw std::invalid_argument(feature + " has not one weight a label");
  const auto [at, added] = Place(feature, weights);
  if (added) {
    names_.push_back(feature);
  } else {
    std::copy(weights.begin(), weights.end(), weights_.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

void LinearHead::Scale(const std::string& feature, float by) {
  const auto row = rows_.find(KeyOf(feature));
  if (row == rows_.end()) return;
  for (std::size_t i = 0; i < labels_.size(); ++i) weights_[row->second * labels_.size() + i] *= by;
}

void LinearHead::Write(std::ostream& out) const {
  if (names_.size() != rows_.size()) throw std::logic_error("a head that was read has no names to write");
  out << "version\t" << version_ << "\nlabels";
  for (const std::string& label : labels_) out << '\t' << label;
  out << '\n';
  // Sorted, so that a retrained head shows as a small diff.
  std::map<std::string_view, std::size_t> sorted;
  for (std::size_t row = 0; row < names_.size(); ++row) sorted.emplace(names_[row], row * labels_.size());
  for (const auto& [name, at] : sorted) {
    out << name;
    for (std::size_t i = 0; i < labels_.size(); ++i) out << '\t' << std::round(weights_[at + i] * 1000) / 1000;
    out << '\n';
  }
}

}  // namespace hotline::language
