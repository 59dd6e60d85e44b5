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
      std::vector<float>& weights = weights_[columns[0]];
      for (std::size_t i = 1; i < columns.size(); ++i) weights.push_back(std::strtof(columns[i].c_str(), nullptr));
    }
  }
}

std::vector<double> LinearHead::Scores(const Features& features) const {
  std::vector<double> scores(labels_.size());
  for (const auto& [name, strength] : features) {
    const auto weights = weights_.find(name);
    if (weights == weights_.end()) continue;
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i] += weights->second[i] * strength;
  }
  return scores;
}

void LinearHead::Scale(const std::string& feature, float by) {
  const auto weights = weights_.find(feature);
  if (weights == weights_.end()) return;
  for (float& weight : weights->second) weight *= by;
}

void LinearHead::Write(std::ostream& out) const {
  out << "version\t" << version_ << "\nlabels";
  for (const std::string& label : labels_) out << '\t' << label;
  out << '\n';
  // Sorted, so that a retrained head shows as a small diff.
  const std::map<std::string, std::vector<float>> sorted{weights_.begin(), weights_.end()};
  for (const auto& [name, weights] : sorted) {
    out << name;
    for (const float weight : weights) out << '\t' << std::round(weight * 1000) / 1000;
    out << '\n';
  }
}

}  // namespace hotline::language
