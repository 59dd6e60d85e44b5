// Trains a head: escalation_train concern|agent_act VERSION LABELLED.tsv MODEL.tsv (training/README.md).
#include <algorithm>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <string_view>

#include "escalation/domain/agent_acts.h"
#include "escalation/domain/concerns.h"
#include "language/head_training.h"

namespace hotline::escalation {
namespace {

/// Precision and recall of every label on rows that were not trained on.
void Report(const language::LabelledTurns& turns, double decay) {
  const std::size_t labels = turns.labels.size();
  std::vector<std::vector<int>> said(labels, std::vector<int>(labels));
  const auto probabilities = language::CrossValidate(turns, decay);
  int right = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const auto best = std::max_element(probabilities[i].begin(), probabilities[i].end()) - probabilities[i].begin();
    ++said[turns.examples[i].label][static_cast<std::size_t>(best)];
    right += turns.examples[i].label == static_cast<std::size_t>(best);
  }
  std::cout << std::fixed << std::setprecision(3) << probabilities.size() << " turns, " << labels
            << " labels, accuracy on five folds " << right / static_cast<double>(probabilities.size()) << '\n';
  for (std::size_t i = 0; i < labels; ++i) {
    int gold = 0;
    int predicted = 0;
    for (std::size_t j = 0; j < labels; ++j) {
      gold += said[i][j];
      predicted += said[j][i];
    }
    std::cout << std::setw(14) << turns.labels[i] << "  n " << std::setw(3) << gold << "  precision "
              << said[i][i] / std::max(1.0, static_cast<double>(predicted)) << "  recall "
              << said[i][i] / std::max(1.0, static_cast<double>(gold)) << '\n';
  }
}

}  // namespace
}  // namespace hotline::escalation

int main(int argc, char** argv) {
  using namespace hotline;
  const std::string_view head = argc == 5 ? argv[1] : "";
  if (head != "concern" && head != "agent_act") {
    std::cerr << "usage: escalation_train concern|agent_act VERSION LABELLED.tsv MODEL.tsv\n";
    return 2;
  }
  std::ifstream in{argv[3]};
  const language::LabelledTurns turns =
      language::ReadLabelledTurns(in, head == "concern" ? escalation::ConcernFeatures : escalation::AgentActFeatures);
  const double decay = head == "concern" ? 1e-3 : language::kUsualDecay;
  escalation::Report(turns, decay);
  std::ofstream out{argv[4]};
  language::TrainHead(argv[2], turns, decay).Write(out);
  return out.good() ? 0 : 1;
}
