// Trains a head: escalation_train concern|agent_act VERSION LABELLED.tsv MODEL.tsv [CALLS.jsonl...]
// (training/README.md).
#include <algorithm>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

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

/// What the turn is about from which on a supervisor should be warned.
std::string_view ConcernOf(std::string_view reason, std::string_view emotion) {
  if (emotion == "讽刺" && (reason == "隐性不满" || reason == "重复未决")) return "sarcasm";
  static const std::pair<std::string_view, std::string_view> kConcerns[] = {
      {"生命安全", "danger"},   {"群体事件", "group"},    {"信访媒体", "exposure"},
      {"泄密", "leak"},         {"重复未决", "unsolved"}, {"推诿退单", "passed_around"},
      {"隐性不满", "resigned"}, {"辱骂", "abuse"},        {"坐席过错", "misconduct"}};
  for (const auto& [of, concern] : kConcerns) {
    if (of == reason) return concern;
  }
  return {};
}

/// Labelled calls: in one that needs no supervisor no turn is of concern, however angry; in one that does, the turn is
/// from which on it is justified. What is between is left out: nobody has said what it tells.
void AddCalls(const char* file, language::LabelledTurns& turns) {
  std::ifstream in{file};
  if (!in) throw std::runtime_error(std::string{file} + " cannot be read");
  for (std::string line; std::getline(in, line);) {
    const nlohmann::json call = nlohmann::json::parse(line);
    const nlohmann::json& expected = call.at("expected");
    const bool escalate = expected.at("escalate");
    for (const auto& [number, emotion] : expected.at("emotions").items()) {
      const std::string text = call.at("turns").at(std::stoul(number) - 1).at("text");
      std::string_view concern;
      if (!escalate) {
        concern = emotion == "不满" || emotion == "愤怒" || emotion == "讽刺" ? "complaint" : "none";
      } else if (std::stoi(number) == expected.at("warn_from").get<int>()) {
        concern = ConcernOf(expected.at("reason").get<std::string>(), emotion.get<std::string>());
      }
      const auto label = std::find(turns.labels.begin(), turns.labels.end(), concern);
      if (label == turns.labels.end()) continue;
      turns.examples.push_back({static_cast<std::size_t>(label - turns.labels.begin()), ConcernFeatures(text)});
    }
  }
}

}  // namespace
}  // namespace hotline::escalation

int main(int argc, char** argv) {
  using namespace hotline;
  const std::string_view head = argc >= 5 ? argv[1] : "";
  if (head != "concern" && head != "agent_act") {
    std::cerr << "usage: escalation_train concern|agent_act VERSION LABELLED.tsv MODEL.tsv [CALLS.jsonl...]\n";
    return 2;
  }
  std::ifstream in{argv[3]};
  language::LabelledTurns turns =
      language::ReadLabelledTurns(in, head == "concern" ? escalation::ConcernFeatures : escalation::AgentActFeatures);
  for (int i = 5; i < argc && head == "concern"; ++i) escalation::AddCalls(argv[i], turns);
  const double decay = head == "concern" ? 1e-3 : language::kUsualDecay;
  escalation::Report(turns, decay);
  std::ofstream out{argv[4]};
  language::TrainHead(argv[2], turns, decay).Write(out);
  return out.good() ? 0 : 1;
}
