#include "language/sequence_tagger.h"

#include <algorithm>

namespace hotline::language {

SequenceTagger::SequenceTagger(LinearHead head) : head_{std::move(head)} {
  const auto row = [this](const std::string& label) { return head_.Scores({{AfterLabel(label), 1.0F}}); };
  start_ = row({});
  for (const std::string& label : head_.labels()) after_.push_back(row(label));
}

std::vector<std::vector<double>> SequenceTagger::Scores(std::span<const Features> row) const {
  std::vector<std::vector<double>> scores;
  scores.reserve(row.size());
  for (const Features& features : row) scores.push_back(head_.Scores(features));
  return scores;
}

std::vector<std::size_t> SequenceTagger::Tag(const std::vector<std::vector<double>>& scores) const {
  return BestPath(scores, start_, after_);
}

std::vector<std::size_t> BestPath(const std::vector<std::vector<double>>& scores, const std::vector<double>& start,
                                  const std::vector<std::vector<double>>& after) {
  if (scores.empty()) return {};
  const std::size_t labels = start.size();
  std::vector<double> best(labels);
  for (std::size_t label = 0; label < labels; ++label) best[label] = start[label] + scores[0][label];
  std::vector<std::vector<std::size_t>> from(scores.size(), std::vector<std::size_t>(labels));
  for (std::size_t i = 1; i < scores.size(); ++i) {
    std::vector<double> next(labels);
    for (std::size_t label = 0; label < labels; ++label) {
      std::size_t before = 0;
      for (std::size_t other = 1; other < labels; ++other) {
        if (best[other] + after[other][label] > best[before] + after[before][label]) before = other;
      }
      from[i][label] = before;
      next[label] = best[before] + after[before][label] + scores[i][label];
    }
    best = std::move(next);
  }
  std::vector<std::size_t> path(scores.size());
  path.back() = static_cast<std::size_t>(std::max_element(best.begin(), best.end()) - best.begin());
  for (std::size_t i = scores.size() - 1; i > 0; --i) path[i - 1] = from[i][path[i]];
  return path;
}

}  // namespace hotline::language
