#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/container/flat_hash_map.h>

namespace hotline::language {

/// Named features of a text and how strong each is.
using Features = std::vector<std::pair<std::string, float>>;

/// A linear score a label over named features: what the services' tools/train write to models/. Of logistic regressions
/// the scores are log-odds; choices and taggers (head_training.h, sequence_training.h) use them as they are. Immutable,
/// thread-safe. One that is read from a file knows its features by 64 bits of a hash: their names would take most of
/// the memory, and of a hundred thousand two share them once in four thousand million heads (then it throws).
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
  /// Of a head that was made with Set(). Throws std::logic_error for one that was read: it has no names.
  void Write(std::ostream& out) const;

 private:
  static std::uint64_t KeyOf(std::string_view feature);
  /// Where a feature's weights begin, and whether they are new.
  std::pair<std::size_t, bool> Place(std::string_view feature, const std::vector<float>& weights);

  std::string version_;
  std::vector<std::string> labels_;
  absl::flat_hash_map<std::uint64_t, std::uint32_t> rows_;  ///< The number of a feature's row of weights.
  std::vector<float> weights_;
  std::vector<std::string> names_;  ///< By row; empty of a head that was read.
};

}  // namespace hotline::language
