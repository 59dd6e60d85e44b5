#include "language/head_training.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <istream>
#include <map>
#include <numeric>
#include <random>
#include <sstream>
#include <stdexcept>

#include "language/linear_model.h"

namespace hotline::language {
namespace {

constexpr double kLearningRate = 0.05;
constexpr int kPasses = 250;

struct Weight {
  std::vector<double> w, g, m, v;
};

/// The weights of all features that are met at least twice. Full-batch Adam: deterministic, and a few hundred examples
/// need nothing faster.
class Weights {
 public:
  struct Known {
    Weight* weight;
    double strength;
  };

  Weights(std::size_t labels, const std::vector<const Features*>& examples) : zero_(labels) {
    std::map<std::string, int> seen;
    for (const Features* features : examples) {
      for (const auto& [name, strength] : *features) ++seen[name];
    }
    for (const auto& [name, count] : seen) {
      if (count >= 2) weights_[name] = {zero_, zero_, zero_, zero_};
    }
  }

  [[nodiscard]] std::vector<Known> Of(const Features& features) {
    std::vector<Known> known;
    for (const auto& [name, strength] : features) {
      if (const auto weight = weights_.find(name); weight != weights_.end())
        known.push_back({&weight->second, static_cast<double>(strength)});
    }
    return known;
  }

  [[nodiscard]] std::vector<double> Scores(const std::vector<Known>& known) const {
    std::vector<double> scores(zero_.size());
    for (const Known& k : known) {
      for (std::size_t i = 0; i < scores.size(); ++i) scores[i] += k.weight->w[i] * k.strength;
    }
    return scores;
  }

  void Forget() {
    for (auto& [name, weight] : weights_) weight.g = zero_;
  }

  void Step(int pass, double decay) {
    for (auto& [name, weight] : weights_) Step(pass, decay, weight);
  }

  [[nodiscard]] LinearHead Head(const std::string& version, std::vector<std::string> labels) const {
    LinearHead head{version, std::move(labels)};
    for (const auto& [name, weight] : weights_) head.Set(name, {weight.w.begin(), weight.w.end()});
    return head;
  }

 private:
  static void Step(int pass, double decay, Weight& weight) {
    for (std::size_t i = 0; i < weight.w.size(); ++i) {
      const double g = weight.g[i] + decay * weight.w[i];
      weight.m[i] = 0.9 * weight.m[i] + 0.1 * g;
      weight.v[i] = 0.999 * weight.v[i] + 0.001 * g * g;
      const double m = weight.m[i] / (1 - std::pow(0.9, pass));
      const double v = weight.v[i] / (1 - std::pow(0.999, pass));
      weight.w[i] -= kLearningRate * m / (std::sqrt(v) + 1e-8);
    }
  }

  std::vector<double> zero_;
  std::map<std::string, Weight> weights_;
};

using KnownOptions = std::vector<std::vector<Weights::Known>>;

/// Of one choice, by `share` of them all.
void AddGradient(const Weights& weights, const KnownOptions& options, const std::vector<bool>& right, double share) {
  std::vector<double> scores;
  scores.reserve(options.size());
  for (const auto& option : options) scores.push_back(weights.Scores(option).front());
  const std::vector<double> p = Softmax(std::move(scores));
  double together = 0;
  for (std::size_t o = 0; o < p.size(); ++o) together += right[o] ? p[o] : 0;
  for (std::size_t o = 0; o < p.size(); ++o) {
    const double gradient = p[o] - (right[o] ? p[o] / together : 0);
    for (const Weights::Known& k : options[o]) k.weight->g[0] += share * k.strength * gradient;
  }
}

LinearHead Train(const std::string& version, const LabelledTurns& turns, const std::vector<std::size_t>& rows,
                 const Fit& fit) {
  const std::size_t n_labels = turns.labels.size();
  const auto n_rows = static_cast<double>(rows.size());
  std::vector<const Features*> examples;
  std::vector<double> share(n_labels);
  for (const std::size_t row : rows) {
    ++share[turns.examples[row].label];
    examples.push_back(&turns.examples[row].features);
  }
  Weights weights{n_labels, examples};
  std::vector<std::vector<Weights::Known>> known;
  known.reserve(examples.size());
  for (const Features* features : examples) known.push_back(weights.Of(*features));

  for (int pass = 1; pass <= kPasses; ++pass) {
    weights.Forget();
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const std::size_t label = turns.examples[rows[r]].label;
      const std::vector<double> p = Softmax(weights.Scores(known[r]));
      const double importance = std::pow(n_rows / static_cast<double>(n_labels) / share[label], fit.rarity);
      for (const Weights::Known& k : known[r]) {
        for (std::size_t i = 0; i < n_labels; ++i)
          k.weight->g[i] += importance * k.strength * (p[i] - (i == label ? 1.0 : 0.0)) / n_rows;
      }
    }
    weights.Step(pass, fit.decay);
  }
  return weights.Head(version, turns.labels);
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

LinearHead TrainChoice(const std::string& version, const std::string& label, const std::vector<LabelledChoice>& choices,
                       double decay) {
  std::vector<const Features*> options;
  std::vector<const LabelledChoice*> taught;
  for (const LabelledChoice& choice : choices) {
    if (std::find(choice.right.begin(), choice.right.end(), true) == choice.right.end()) continue;
    taught.push_back(&choice);
    for (const Features& features : choice.options) options.push_back(&features);
  }
  Weights weights{1, options};
  std::vector<KnownOptions> known;
  for (const LabelledChoice* choice : taught) {
    KnownOptions& some = known.emplace_back();
    for (const Features& features : choice->options) some.push_back(weights.Of(features));
  }
  for (int pass = 1; pass <= kPasses; ++pass) {
    weights.Forget();
    for (std::size_t c = 0; c < taught.size(); ++c)
      AddGradient(weights, known[c], taught[c]->right, 1.0 / static_cast<double>(taught.size()));
    weights.Step(pass, decay);
  }
  return weights.Head(version, {label});
}

void WriteHead(const LinearHead& head, const std::string& file) {
  std::ofstream out{file};
  head.Write(out);
  if (!out.good()) throw std::runtime_error(file + " cannot be written");
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
