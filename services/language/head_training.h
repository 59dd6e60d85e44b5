#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "language/linear_head.h"

namespace hotline::language {

/// Turns with a label each, as a head is trained on.
struct LabelledTurns {
  struct Example {
    std::size_t label;  ///< Into labels.
    Features features;
  };
  std::vector<std::string> labels;
  std::vector<Example> examples;
};

/// What a head reads of a turn.
using ReadFeatures = std::function<Features(std::string_view turn)>;

/// Lines "label<TAB>turn" or "label<TAB>speaker<TAB>turn"; the speaker ("a", "c") joins the features. Lines without a
/// tab are skipped.
[[nodiscard]] LabelledTurns ReadLabelledTurns(std::istream& in, const ReadFeatures& features_of);

/// How a head is fitted.
struct Fit {
  double decay = 2e-3;  ///< How strongly weights are drawn to zero.
  double rarity = .75;  ///< How much more a rare label counts than its number: 0 nothing, 1 so that all count alike.
};

/// A head of every feature met at least twice; Deterministic.
[[nodiscard]] LinearHead TrainHead(const std::string& version, const LabelledTurns& turns, const Fit& fit = {});

/// The same for few features of different units: each counts by how much it varies over the examples.
[[nodiscard]] LinearHead TrainScaledHead(const std::string& version, LabelledTurns turns, const Fit& fit);

/// Things that compete with each other only, some of them right; where none is, the choice teaches nothing.
struct LabelledChoice {
  std::vector<Features> options;
  std::vector<bool> right;  ///< Of each.
};

/// A head of one label, whose score is highest for what should be chosen: conditional logit over the options of each
/// choice (McFadden 1974), the right ones together. `decay` as in Fit. Deterministic.
[[nodiscard]] LinearHead TrainChoice(const std::string& version, const std::string& label,
                                     const std::vector<LabelledChoice>& choices, double decay);

/// Into a file of its own. Throws std::runtime_error naming the file that cannot be written.
void WriteHead(const LinearHead& head, const std::string& file);

/// For each example the probabilities that a head gives it which was trained without its fold (of five).
[[nodiscard]] std::vector<std::vector<double>> CrossValidate(const LabelledTurns& turns, const Fit& fit = {});

}  // namespace hotline::language
