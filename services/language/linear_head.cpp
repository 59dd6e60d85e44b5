#include "language/linear_head.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <ostream>
#include <stdexcept>

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
      Set(columns[0], weights);
    }
  }
}

std::vector<double> LinearHead::Scores(const Features& features) const {
  std::vector<double> scores(labels_.size());
  for (const auto& [name, strength] : features) {
    const auto row = rows_.find(name);
    if (row == rows_.end()) continue;
    const float* const weights = &weights_[row->second];
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i] += weights[i] * strength;
  }
  return scores;
}

void LinearHead::Set(const std::string& feature, const std::vector<float>& weights) {
  if (weights.size() != labels_.size()) throw std::invalid_argument(feature + " has not one weight a label");
  const auto [row, added] = rows_.try_emplace(feature, weights_.size());
  if (added) {
    weights_.insert(weights_.end(), weights.begin(), weights.end());
  } else {
    std::copy(weights.begin(), weights.end(), weights_.begin() + static_cast<std::ptrdiff_t>(row->second));
  }
}

void LinearHead::Scale(const std::string& feature, float by) {
  const auto row = rows_.find(feature);
  if (row == rows_.end()) return;
  for (std::size_t i = 0; i < labels_.size(); ++i) weights_[row->second + i] *= by;
}

void LinearHead::Write(std::ostream& out) const {
  out << "version\t" << version_ << "\nlabels";
  for (const std::string& label : labels_) out << '\t' << label;
  out << '\n';
  // Sorted, so that a retrained head shows as a small diff.
  const std::map<std::string, std::size_t> sorted{rows_.begin(), rows_.end()};
  for (const auto& [name, row] : sorted) {
    out << name;
    for (std::size_t i = 0; i < labels_.size(); ++i) out << '\t' << std::round(weights_[row + i] * 1000) / 1000;
    out << '\n';
  }
}

}  // namespace hotline::language
