#include "language/head_training.h"

#include <algorithm>
#include <cmath>
#include <istream>
#include <map>
#include <numeric>
#include <random>
#include <sstream>

#include "language/linear_model.h"

namespace hotline::language {
namespace {

constexpr double kLearningRate = 0.05;
constexpr int kPasses = 250;

struct Weight {
  std::vector<double> w, g, m, v;
};

void Step(int pass, double decay, Weight& weight) {
  for (std::size_t i = 0; i < weight.w.size(); ++i) {
    const double g = weight.g[i] + decay * weight.w[i];
    weight.m[i] = 0.9 * weight.m[i] + 0.1 * g;
    weight.v[i] = 0.999 * weight.v[i] + 0.001 * g * g;
    const double m = weight.m[i] / (1 - std::pow(0.9, pass));
    const double v = weight.v[i] / (1 - std::pow(0.999, pass));
    weight.w[i] -= kLearningRate * m / (std::sqrt(v) + 1e-8);
  }
}

/// Full-batch Adam: deterministic, and a few hundred examples need nothing faster.
LinearHead Train(const std::string& version, const LabelledTurns& turns, const std::vector<std::size_t>& rows,
                 const Fit& fit) {
  const std::size_t n_labels = turns.labels.size();
  const auto n_rows = static_cast<double>(rows.size());
  std::map<std::string, int> seen;
  std::vector<double> share(n_labels);
  for (const std::size_t row : rows) {
    ++share[turns.examples[row].label];
    for (const auto& [name, strength] : turns.examples[row].features) ++seen[name];
  }
  std::map<std::string, Weight> weights;
  const std::vector<double> zero(n_labels);
  for (const auto& [name, count] : seen) {
    if (count >= 2) weights[name] = {zero, zero, zero, zero};
  }
  struct Known {
    Weight* weight;
    double strength;
  };
  std::vector<std::vector<Known>> known(rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (const auto& [name, strength] : turns.examples[rows[r]].features) {
      if (const auto weight = weights.find(name); weight != weights.end())
        known[r].push_back({&weight->second, static_cast<double>(strength)});
    }
  }

  for (int pass = 1; pass <= kPasses; ++pass) {
    for (auto& [name, weight] : weights) weight.g = zero;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const std::size_t label = turns.examples[rows[r]].label;
      std::vector<double> scores(n_labels);
      for (const Known& k : known[r]) {
        for (std::size_t i = 0; i < n_labels; ++i) scores[i] += k.weight->w[i] * k.strength;
      }
      const std::vector<double> p = Softmax(std::move(scores));
      const double importance = std::pow(n_rows / static_cast<double>(n_labels) / share[label], fit.rarity);
      for (const Known& k : known[r]) {
        for (std::size_t i = 0; i < n_labels; ++i)
          k.weight->g[i] += importance * k.strength * (p[i] - (i == label ? 1.0 : 0.0)) / n_rows;
      }
    }
    for (auto& [name, weight] : weights) Step(pass, fit.decay, weight);
  }
  LinearHead head{version, turns.labels};
  for (const auto& [name, weight] : weights) head.Set(name, {weight.w.begin(), weight.w.end()});
  return head;
}

std::vector<std::size_t> AllRows(const LabelledTurns& turns) {
  std::vector<std::size_t> rows(turns.examples.size());
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

}  // namespace

LabelledTurns ReadLabelledTurns(std::istream& in, const ReadFeatures& features_of) {
  LabelledTurns turns;
  std::map<std::string, std::size_t> numbers;
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> columns;
    std::istringstream fields{line};
    for (std::string field; std::getline(fields, field, '\t');) columns.push_back(field);
    if (columns.size() < 2) continue;
    const auto [label, added] = numbers.try_emplace(columns.front(), numbers.size());
    if (added) turns.labels.push_back(columns.front());
    Features features = features_of(columns.back());
    if (columns.size() == 3) features.emplace_back("#speaker_" + columns[1], 1.0F);
    turns.examples.push_back({label->second, std::move(features)});
  }
  return turns;
}

LinearHead TrainHead(const std::string& version, const LabelledTurns& turns, const Fit& fit) {
  return Train(version, turns, AllRows(turns), fit);
}

LinearHead TrainScaledHead(const std::string& version, LabelledTurns turns, const Fit& fit) {
  struct Moments {
    double sum = 0;
    double squares = 0;
  };
  std::map<std::string, Moments> moments;
  for (const LabelledTurns::Example& example : turns.examples) {
    for (const auto& [name, strength] : example.features) {
      moments[name].sum += static_cast<double>(strength);
      moments[name].squares += static_cast<double>(strength) * static_cast<double>(strength);
    }
  }
  const auto n = static_cast<double>(turns.examples.size());
  std::map<std::string, float> scale;
  for (const auto& [name, of] : moments) {
    const double variance = of.squares / n - (of.sum / n) * (of.sum / n);
    scale[name] = variance > 1e-6 ? static_cast<float>(1 / std::sqrt(variance)) : 1.0F;
  }
  for (LabelledTurns::Example& example : turns.examples) {
    for (auto& [name, strength] : example.features) strength *= scale.at(name);
  }
  LinearHead head = TrainHead(version, turns, fit);
  for (const auto& [name, by] : scale) head.Scale(name, by);
  return head;
}

std::vector<std::vector<double>> CrossValidate(const LabelledTurns& turns, const Fit& fit) {
  constexpr std::size_t kFolds = 5;
  std::vector<std::size_t> order = AllRows(turns);
  std::shuffle(order.begin(), order.end(), std::mt19937{7});
  std::vector<std::vector<double>> probabilities(order.size());
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    std::vector<std::size_t> train;
    std::vector<std::size_t> test;
    for (std::size_t i = 0; i < order.size(); ++i) (i % kFolds == fold ? test : train).push_back(order[i]);
    const LinearHead head = Train("fold", turns, train, fit);
    for (const std::size_t row : test) probabilities[row] = Softmax(head.Scores(turns.examples[row].features));
  }
  return probabilities;
}

}  // namespace hotline::language
