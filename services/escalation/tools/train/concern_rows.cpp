#include "escalation/tools/train/concern_rows.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>
#include <utility>

#include "escalation/domain/concerns.h"
#include "escalation/tools/labelled_call.h"

namespace hotline::escalation {
namespace {

std::map<std::pair<std::string, int>, std::string> ReadLabels(const std::string& file) {
  std::ifstream in{file};
  if (!in) throw std::runtime_error(file + " cannot be read");
  std::map<std::pair<std::string, int>, std::string> labels;
  std::string call;
  int turn = 0;
  std::string label;
  while (in >> call >> turn >> label) labels[{call, turn}] = label;
  return labels;
}

}  // namespace

language::LabelledTurns ReadConcernRows(const std::string& labelled, const std::string& call_turns,
                                        std::span<const std::string> calls) {
  std::ifstream in{labelled};
  if (!in) throw std::runtime_error(labelled + " cannot be read");
  language::LabelledTurns rows = language::ReadLabelledTurns(in, ConcernFeatures);
  const auto labels = ReadLabels(call_turns);
  for (const std::string& file : calls) {
    for (const nlohmann::json& call : ReadLines(file)) {
      const std::string id = call.at("id");
      int number = 0;
      for (const nlohmann::json& turn : call.at("turns")) {
        const auto said = labels.find({id, ++number});
        if (said == labels.end()) continue;
        const auto label = std::find(rows.labels.begin(), rows.labels.end(), said->second);
        if (label == rows.labels.end()) throw std::runtime_error(call_turns + ": no concern is called " + said->second);
        rows.examples.push_back({static_cast<std::size_t>(label - rows.labels.begin()),
                                 ConcernFeatures(turn.at("text").get<std::string>())});
      }
    }
  }
  return rows;
}

}  // namespace hotline::escalation
