// Trains the heads: escalation_train concern VERSION LABELLED.tsv MODELS CALL_TURNS.tsv CALLS.jsonl...
// escalation_train agent_act VERSION LABELLED.tsv MODELS
// Reads turns with a head that is not the one compiled in, a line each, and prints the probabilities of all concerns by
// number: escalation_train read CONCERN.tsv < TURNS
// (training/README.md).
#include <algorithm>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "escalation/domain/agent_acts.h"
#include "escalation/domain/concerns.h"
#include "escalation/tools/train/concern_rows.h"
#include "language/head_training.h"

namespace hotline::escalation {
namespace {

/// Precision and recall of every label on rows that were not trained on.
void Report(const language::LabelledTurns& turns, const language::Fit& fit) {
  const std::size_t labels = turns.labels.size();
  std::vector<std::vector<int>> said(labels, std::vector<int>(labels));
  const auto probabilities = language::CrossValidate(turns, fit);
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

int Train(std::span<const std::string> arguments) {
  const std::string& what = arguments[0];
  const std::string& version = arguments[1];
  const std::string& models = arguments[3];
  if (what == "agent_act") {
    std::ifstream in{arguments[2]};
    const language::LabelledTurns rows = language::ReadLabelledTurns(in, AgentActFeatures);
    Report(rows, {});
    language::WriteHead(language::TrainHead(version, rows), models + "/agent_act.tsv");
  } else if (what == "concern" && arguments.size() > 5) {
    const language::LabelledTurns rows = ReadConcernRows(arguments[2], arguments[4], arguments.subspan(5));
    Report(rows, kConcernFit);
    language::WriteHead(language::TrainHead(version, rows, kConcernFit), models + "/concern.tsv");
  } else {
    return 2;
  }
  return 0;
}

int ReadTurns(const std::string& file) {
  std::ifstream in{file};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  const ConcernHead head{language::LinearHead{text}};
  for (std::string turn; std::getline(std::cin, turn);) {
    for (const double p : head.Read(turn)) std::cout << p << ' ';
    std::cout << '\n';
  }
  return 0;
}

}  // namespace
}  // namespace hotline::escalation

int main(int argc, char** argv) {
  const std::vector<std::string> arguments{argv + 1, argv + argc};
  try {
    if (arguments.size() == 2 && arguments[0] == "read") return hotline::escalation::ReadTurns(arguments[1]);
    const int code = arguments.size() < 4 ? 2 : hotline::escalation::Train(arguments);
    if (code == 2)
      std::cerr << "usage: escalation_train concern|agent_act VERSION LABELLED.tsv MODELS ... (training/README.md)\n";
    return code;
  } catch (const std::exception& wrong) {
    std::cerr << wrong.what() << '\n';
    return 1;
  }
}
