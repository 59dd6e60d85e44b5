#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "language/linear_head.h"

namespace hotline::language {

/// Gives each thing of a row one of a head's labels: by what it shows, and by the label of the one before it.
///
/// A linear chain: the head's row AfterLabel(L) holds what follows L, that of AfterLabel("") what a row starts with.
/// Immutable, thread-safe.
class SequenceTagger {
 public:
  explicit SequenceTagger(LinearHead head);

  /// What each thing alone says of each label.
  [[nodiscard]] std::vector<std::vector<double>> Scores(std::span<const Features> row) const;
  /// The most likely labels together (Viterbi), as numbers into head().labels().
  [[nodiscard]] std::vector<std::size_t> Tag(const std::vector<std::vector<double>>& scores) const;

  [[nodiscard]] const LinearHead& head() const { return head_; }
  [[nodiscard]] static std::string AfterLabel(const std::string& label) { return "#after:" + label; }

 private:
  LinearHead head_;
  std::vector<double> start_;
  std::vector<std::vector<double>> after_;  ///< [the label before][the label].
};

/// The best path through `scores` (one a label, for each thing of a row), when `after[a][b]` is added for b behind a.
[[nodiscard]] std::vector<std::size_t> BestPath(const std::vector<std::vector<double>>& scores,
                                                const std::vector<double>& start,
                                                const std::vector<std::vector<double>>& after);

}  // namespace hotline::language
