// Trains a head on labelled turns: classification_train VERSION LABELLED.tsv MODEL.tsv (training/README.md).
#include <algorithm>
#include <fstream>
#include <iostream>

#include "classification/domain/cues.h"
#include "language/head_training.h"
#include "language/turn_features.h"

int main(int argc, char** argv) {
  using namespace hotline;
  if (argc != 4) {
    std::cerr << "usage: classification_train VERSION LABELLED.tsv MODEL.tsv\n";
    return 2;
  }
  std::ifstream in{argv[2]};
  const language::LabelledTurns turns = language::ReadLabelledTurns(
      in, [](std::string_view turn) { return language::FeaturesOf(turn, classification::SpokenCues()); });
  const auto probabilities = language::CrossValidate(turns);
  std::size_t right = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const auto top = std::max_element(probabilities[i].begin(), probabilities[i].end());
    right += static_cast<std::size_t>(top - probabilities[i].begin()) == turns.examples[i].label;
  }
  std::cout << turns.examples.size() << " turns, " << turns.labels.size() << " labels, accuracy on five folds "
            << static_cast<double>(right) / static_cast<double>(turns.examples.size()) << '\n';
  std::ofstream out{argv[3]};
  language::TrainHead(argv[1], turns).Write(out);
  return out.good() ? 0 : 1;
}
