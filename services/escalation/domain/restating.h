#pragma once

#include <span>

#include "escalation/domain/agent_turns.h"
#include "escalation/domain/call.h"

namespace hotline::escalation {

/// Whether the agent said the request back to the caller for confirmation: in one of the usual forms, as the readers of
/// sentences hear it, or in a sentence made of what the caller had said.
[[nodiscard]] bool Restated(std::span<const HeardTurn> turns, std::span<const AgentTurn> agents);

}  // namespace hotline::escalation
