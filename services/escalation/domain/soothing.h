#pragma once

#include <optional>
#include <span>

#include "escalation/domain/agent_turns.h"
#include "escalation/domain/call.h"
#include "language/soothed_voice.h"

namespace hotline::escalation {

using language::SoothedVoice;

/// How upset somebody is: anxious and waiting is less than hurt or angry.
enum class Upset { kNo, kMildly, kClearly };

/// In a caller's turn. The reading says, or the words do: many are hurt who sound calm. Without a reading the words
/// alone.
[[nodiscard]] Upset HowUpset(const HeardTurn& heard);

/// Whether the agent soothed before explaining.
struct Soothing {
  std::optional<bool> first;             ///< Nothing when nobody was upset.
  const AgentTurn* explained = nullptr;  ///< Where not: the answer that went past the feeling; null where none did so.
};

/// `agents`: of `turns`. With `opening` the encoder and the rules decide together, without it the rules alone. Whoever
/// takes down a request or sends help has not explained: that is told in `first`, and no answer is named for it.
[[nodiscard]] Soothing HearSoothing(std::span<const HeardTurn> turns, std::span<const AgentTurn> agents,
                                    const std::optional<SoothedVoice>& opening);

}  // namespace hotline::escalation
