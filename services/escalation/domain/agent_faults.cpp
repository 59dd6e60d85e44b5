#include "escalation/domain/agent_faults.h"

#include <algorithm>
#include <cmath>

namespace hotline::escalation {
namespace {

/// By number of the fault.
constexpr std::array<std::string_view, kAgentFaults> kNames = {"none", "forbidden_phrase", "blamed_others",
                                                               "promise_without_basis"};
constexpr std::array<std::string_view, kAgentFaults> kRules = {"", "FORBIDDEN_PHRASE", "BLAMED_OTHERS",
                                                               "PROMISE_WITHOUT_BASIS"};

double Likely(const FaultReading& reading) { return 1 - reading[static_cast<std::size_t>(AgentFault::kNone)]; }

/// The mean of the two likeliest faults among the others.
double BesideOthers(std::span<const FaultReading> sentences, std::size_t itself) {
  double first = 0;
  double second = 0;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    if (i == itself) continue;
    const double likely = Likely(sentences[i]);
    second = std::max(second, std::min(first, likely));
    first = std::max(first, likely);
  }
  return (first + second) / 2;
}

}  // namespace

std::string_view Name(AgentFault fault) { return kNames[static_cast<std::size_t>(fault)]; }

std::optional<AgentFault> AgentFaultFromName(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  return found == kNames.end() ? std::nullopt : std::optional{static_cast<AgentFault>(found - kNames.begin())};
}

std::string_view RuleOf(AgentFault fault) { return kRules[static_cast<std::size_t>(fault)]; }

std::vector<AgentFault> NameFaults(std::span<const FaultReading> sentences) {
  // Fitted by likelihood on the calls that are learned from, each read by a model that had not seen it:
  // services/language/training/train agent_fault prints both.
  constexpr double kBeside = .61;
  constexpr double kAtAll = 1.04;
  constexpr double kLeast = .02;
  std::vector<AgentFault> faults;
  faults.reserve(sentences.size());
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    FaultReading reading = sentences[i];
    // In place of making faults likelier: only which is likeliest counts.
    reading.front() /= std::exp(kBeside * std::log(kLeast + BesideOthers(sentences, i)) + kAtAll);
    faults.push_back(static_cast<AgentFault>(std::max_element(reading.begin(), reading.end()) - reading.begin()));
  }
  return faults;
}

}  // namespace hotline::escalation
