#include "language/sequence_training.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <unordered_map>

namespace hotline::language {
namespace {

constexpr double kLeastWeight = .8;  ///< On folds, lighter features found no more places and made the file longer.

/// A weight and the sum of all that it has been, so that its mean is known without a step for every turn.
class Averaged {
 public:
  void Add(double by, double step) {
    weight_ += by;
    missed_ += by * step;
  }
  [[nodiscard]] double weight() const { return weight_; }
  [[nodiscard]] double Mean(double steps) const { return weight_ - missed_ / steps; }

 private:
  double weight_ = 0;
  double missed_ = 0;
};

using Weights = std::vector<Averaged>;  ///< One a label.

std::vector<double> Now(const Weights& weights) {
  std::vector<double> now;
  for (const Averaged& one : weights) now.push_back(one.weight());
  return now;
}

class Perceptron {
 public:
  Perceptron(std::size_t labels, const std::vector<const LabelledRow*>& rows)
      : labels_{labels}, start_(labels), after_(labels, Weights(labels)) {
    std::unordered_map<std::string, int> seen;
    for (const LabelledRow* row : rows) {
      for (const Features& shown : row->shown) {
        for (const auto& [name, strength] : shown) ++seen[name];
      }
    }
    for (const auto& [name, count] : seen) {
      if (count >= 3) weights_.emplace(name, Weights(labels));
    }
    for (const LabelledRow* row : rows) {
      Known& known = known_.emplace_back();
      for (const Features& shown : row->shown) {
        auto& some = known.emplace_back();
        for (const auto& [name, strength] : shown) {
          if (const auto found = weights_.find(name); found != weights_.end())
            some.emplace_back(&found->second, static_cast<double>(strength));
        }
      }
    }
  }

  void Learn(std::size_t row, const std::vector<std::size_t>& right) {
    ++steps_;
    if (right.empty()) return;
    const std::vector<std::size_t> said = Say(known_[row]);
    for (std::size_t i = 0; i < right.size(); ++i) {
      if (said[i] != right[i]) {
        for (const auto& [weights, strength] : known_[row][i]) {
          (*weights)[right[i]].Add(strength, steps_);
          (*weights)[said[i]].Add(-strength, steps_);
        }
      }
      Weights& behind_right = i == 0 ? start_ : after_[right[i - 1]];
      Weights& behind_said = i == 0 ? start_ : after_[said[i - 1]];
      behind_right[right[i]].Add(1, steps_);
      behind_said[said[i]].Add(-1, steps_);
    }
  }

  [[nodiscard]] LinearHead Head(const std::string& version, const std::vector<std::string>& labels) const {
    LinearHead head{version, labels};
    const auto set = [&](const std::string& name, const Weights& weights, double least) {
      std::vector<float> mean;
      double most = 0;
      for (const Averaged& one : weights) {
        mean.push_back(static_cast<float>(one.Mean(steps_)));
        most = std::max(most, std::abs(one.Mean(steps_)));
      }
      if (most >= least) head.Set(name, mean);
    };
    for (const auto& [name, weights] : weights_) set(name, weights, kLeastWeight);
    set(SequenceTagger::AfterLabel({}), start_, 0);
    for (std::size_t label = 0; label < labels_; ++label)
      set(SequenceTagger::AfterLabel(labels[label]), after_[label], 0);
    return head;
  }

 private:
  using Known = std::vector<std::vector<std::pair<Weights*, double>>>;

  [[nodiscard]] std::vector<std::size_t> Say(const Known& row) const {
    std::vector<std::vector<double>> scores;
    for (const auto& shown : row) {
      std::vector<double>& sum = scores.emplace_back(labels_);
      for (const auto& [weights, strength] : shown) {
        for (std::size_t label = 0; label < labels_; ++label) sum[label] += (*weights)[label].weight() * strength;
      }
    }
    std::vector<std::vector<double>> after;
    for (const Weights& weights : after_) after.push_back(Now(weights));
    return BestPath(scores, Now(start_), after);
  }

  std::size_t labels_;
  std::unordered_map<std::string, Weights> weights_;
  Weights start_;
  std::vector<Weights> after_;
  std::vector<Known> known_;
  double steps_ = 0;
};

}  // namespace

SequenceTagger TrainTagger(const std::string& version, const std::vector<std::string>& labels,
                           const std::vector<const LabelledRow*>& rows, int passes) {
  Perceptron perceptron{labels.size(), rows};
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  std::mt19937 random{7};
  for (int pass = 0; pass < passes; ++pass) {
    std::shuffle(order.begin(), order.end(), random);
    for (const std::size_t row : order) perceptron.Learn(row, rows[row]->labels);
  }
  return SequenceTagger{perceptron.Head(version, labels)};
}

}  // namespace hotline::language
