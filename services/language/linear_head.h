#pragma once

#include <array>
#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hotline::language {

/// Named features of a text and how strong each is.
using Features = std::vector<std::pair<std::string, float>>;

/// A linear score a label over named features: what the services' tools/train write to models/. Of logistic regressions
/// the scores are log-odds; choices and taggers (head_training.h, sequence_training.h) use them as they are. Immutable,
/// thread-safe.
///
/// File: "version<TAB>…", "labels<TAB>…<TAB>…", then a line a feature: name and one weight a label.
class LinearHead {
 public:
  /// Throws std::runtime_error naming the line that is wrong.
  explicit LinearHead(std::string_view file);
  LinearHead(std::string version, std::vector<std::string> labels)
      : version_{std::move(version)}, labels_{std::move(labels)} {}

  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }

  /// One a label; unknown features say nothing.
  [[nodiscard]] std::vector<double> Scores(const Features& features) const;

  /// Gives a feature its weights, one a label; in place of those that it had.
  void Set(const std::string& feature, const std::vector<float>& weights);
  /// Multiplies the weights of a feature; one that is unknown stays so.
  void Scale(const std::string& feature, float by);
  void Write(std::ostream& out) const;

 private:
  std::string version_;
  std::vector<std::string> labels_;
  // Heads have tens of thousands of features: a row of its own for each would take twice the memory.
  std::unordered_map<std::string, std::size_t> rows_;  ///< Where a feature's weights begin.
  std::vector<float> weights_;
};

}  // namespace hotline::language
