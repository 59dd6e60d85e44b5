#pragma once

#include <optional>
#include <span>

#include "classification/domain/turn.h"

namespace hotline::classification {

/// What the hotline itself did wrong becomes a case of its own, whatever the caller came for and whether or not the
/// agent takes it up.

/// What was reported in confidence came out.
struct Leak {
  Evidence evidence;   ///< INFORMANT_LEAKED
  bool heard = false;  ///< By an encoder, which knows that it was a report; words alone may be of something else.
};

/// In words that say so, or as an encoder hears it. `readings`: one for each caller's turn.
[[nodiscard]] std::optional<Leak> FindLeak(std::span<const Turn> turns, std::span<const CallerReading> readings);

/// The caller complains of the agent they speak with, or of one before: AGENT_COMPLAINED_OF. In words that say so, or
/// by asking in anger who the agent is. `readings`: one for each caller's turn.
[[nodiscard]] std::optional<Evidence> FindComplaintOfAgent(std::span<const Turn> turns,
                                                           std::span<const CallerReading> readings);

}  // namespace hotline::classification
