#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "escalation/domain/call.h"
#include "escalation/domain/soothing.h"

namespace hotline::escalation {

/// Something the agent did or left out, for their own review.
struct ConductFinding {
  int turn = 0;
  std::string rule;  ///< EXPLAINED_BEFORE_SOOTHING, FORBIDDEN_PHRASE, EMPTY_PHRASE_REPEATED, PROMISE_WITHOUT_BASIS, …
  std::string words;  ///< Verbatim.

  friend bool operator==(const ConductFinding&, const ConductFinding&) = default;
};

struct Conduct {
  bool restated = false;             ///< The agent restated the request for confirmation.
  std::optional<bool> soothe_first;  ///< Nothing when nobody was upset.
  std::vector<ConductFinding> findings;
};

/// Reviews a whole call, in order. Also what the risk model asks about the agent so far. With `opening` the encoder and
/// the rules decide together whether the agent soothed first; without it the rules alone.
[[nodiscard]] Conduct ReviewConduct(std::span<const HeardTurn> turns,
                                    const std::optional<SoothedVoice>& opening = std::nullopt);

}  // namespace hotline::escalation
