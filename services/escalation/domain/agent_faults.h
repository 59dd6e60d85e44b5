#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace hotline::escalation {

/// What may be wrong with one sentence of an agent, told by what was said rather than by what it does (agent_acts.h):
/// a brush-off may be an explanation, and most that sounds cold is none.
enum class AgentFault {
  kNone,
  kForbiddenPhrase,     ///< Brushes off, scolds, corrects feelings, hides behind the rule.
  kBlamedOthers,        ///< Puts it on the caller, a colleague or another department in place of dealing with it.
  kPromiseWithoutBasis  ///< Of an outcome or a time that is not the agent's to promise.
};
inline constexpr std::size_t kAgentFaults = 4;

/// How probable each fault is in a sentence, by number.
using FaultReading = std::array<double, kAgentFaults>;

/// "forbidden_phrase", as classification's model names it.
[[nodiscard]] std::string_view Name(AgentFault fault);
[[nodiscard]] std::optional<AgentFault> AgentFaultFromName(std::string_view name);
/// "FORBIDDEN_PHRASE", as a finding names it; empty for none.
[[nodiscard]] std::string_view RuleOf(AgentFault fault);

/// Of each of a call's sentences, in order: its fault, or none. Faults are rarely alone: where others of the call are
/// likely ones, less is needed; a single harsh word in a kind call is more often misheard.
[[nodiscard]] std::vector<AgentFault> NameFaults(std::span<const FaultReading> sentences);

}  // namespace hotline::escalation
