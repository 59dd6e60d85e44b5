// Trains a head on labelled turns: classification_train VERSION LABELLED.tsv MODEL.tsv (training/README.md).
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "classification/domain/linear_head.h"
#include "classification/domain/turn_features.h"

namespace hotline::classification {
namespace {

/// A labelled turn; a third column "a" or "c" (speaker) joins its features.
struct Example {
  std::size_t label;
  Features features;
};

struct Corpus {
  std::vector<std::string> labels;
  std::vector<Example> examples;
};

constexpr double kLearningRate = 0.05;
constexpr double kDecay = 2e-3;
constexpr int kPasses = 250;

Corpus Read(const std::string& path) {
  Corpus corpus;
  std::map<std::string, std::size_t> numbers;
  std::ifstream in{path};
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> columns;
    std::istringstream fields{line};
    for (std::string field; std::getline(fields, field, '\t');) columns.push_back(field);
    if (columns.size() < 2) continue;
    const auto [label, added] = numbers.try_emplace(columns.front(), numbers.size());
    if (added) corpus.labels.push_back(columns.front());
    Features features = FeaturesOf(columns.back());
    if (columns.size() == 3) features.emplace_back("#speaker_" + columns[1], 1.0F);
    corpus.examples.push_back({label->second, std::move(features)});
  }
  return corpus;
}

/// Full-batch Adam: deterministic, and a few hundred examples need nothing faster.
LinearHead Train(const std::string& version, const Corpus& corpus, const std::vector<std::size_t>& rows) {
  struct Weight {
    std::vector<double> w, g, m, v;
  };
  std::map<std::string, Weight> weights;
  std::map<std::string, int> seen;
  const std::size_t n_labels = corpus.labels.size();
  for (const std::size_t row : rows) {
    for (const auto& [name, strength] : corpus.examples[row].features) ++seen[name];
  }
  for (const auto& [name, count] : seen) {
    if (count < 2) continue;
    weights[name] = {std::vector<double>(n_labels), std::vector<double>(n_labels), std::vector<double>(n_labels),
                     std::vector<double>(n_labels)};
  }
  std::vector<double> share(n_labels);
  for (const std::size_t row : rows) ++share[corpus.examples[row].label];

  for (int pass = 1; pass <= kPasses; ++pass) {
    for (auto& [name, weight] : weights) std::fill(weight.g.begin(), weight.g.end(), 0.0);
    for (const std::size_t row : rows) {
      const Example& example = corpus.examples[row];
      std::vector<double> scores(n_labels);
      std::vector<std::pair<Weight*, float>> known;
      for (const auto& [name, strength] : example.features) {
        const auto weight = weights.find(name);
        if (weight == weights.end()) continue;
        known.emplace_back(&weight->second, strength);
        for (std::size_t i = 0; i < n_labels; ++i) scores[i] += weight->second.w[i] * strength;
      }
      const std::vector<double> p = Softmax(scores);
      // A rare feeling counts for more than its number, a common one for less.
      const double importance =
          std::sqrt(static_cast<double>(rows.size()) / static_cast<double>(n_labels) / share[example.label]);
      for (auto& [weight, strength] : known) {
        for (std::size_t i = 0; i < n_labels; ++i) {
          weight->g[i] +=
              importance * strength * (p[i] - (i == example.label ? 1.0 : 0.0)) / static_cast<double>(rows.size());
        }
      }
    }
    for (auto& [name, weight] : weights) {
      for (std::size_t i = 0; i < n_labels; ++i) {
        const double g = weight.g[i] + kDecay * weight.w[i];
        weight.m[i] = 0.9 * weight.m[i] + 0.1 * g;
        weight.v[i] = 0.999 * weight.v[i] + 0.001 * g * g;
        const double m = weight.m[i] / (1 - std::pow(0.9, pass));
        const double v = weight.v[i] / (1 - std::pow(0.999, pass));
        weight.w[i] -= kLearningRate * m / (std::sqrt(v) + 1e-8);
      }
    }
  }
  LinearHead head{version, corpus.labels};
  for (const auto& [name, weight] : weights) head.Set(name, {weight.w.begin(), weight.w.end()});
  return head;
}

/// Accuracy on rows that were not trained on, five folds.
double CrossValidate(const Corpus& corpus) {
  std::vector<std::size_t> order(corpus.examples.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937{7});
  std::size_t right = 0;
  for (std::size_t fold = 0; fold < 5; ++fold) {
    std::vector<std::size_t> train;
    std::vector<std::size_t> test;
    for (std::size_t i = 0; i < order.size(); ++i) (i % 5 == fold ? test : train).push_back(order[i]);
    const LinearHead head = Train("fold", corpus, train);
    for (const std::size_t row : test) {
      const std::vector<double> scores = head.Scores(corpus.examples[row].features);
      right += static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin()) ==
               corpus.examples[row].label;
    }
  }
  return static_cast<double>(right) / static_cast<double>(order.size());
}

}  // namespace
}  // namespace hotline::classification

int main(int argc, char** argv) {
  using namespace hotline::classification;
  if (argc != 4) {
    std::cerr << "usage: classification_train VERSION LABELLED.tsv MODEL.tsv\n";
    return 2;
  }
  const Corpus corpus = Read(argv[2]);
  std::cout << corpus.examples.size() << " turns, " << corpus.labels.size() << " labels, accuracy on five folds "
            << CrossValidate(corpus) << '\n';
  std::vector<std::size_t> all(corpus.examples.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  std::ofstream out{argv[3]};
  Train(argv[1], corpus, all).Write(out);
  return out.good() ? 0 : 1;
}
