#pragma once

#include <string>

#include "escalation/domain/risk.h"

namespace hotline::escalation {

/// What a supervisor is asked to do about a warning: "接管通话；转接110".
[[nodiscard]] std::string Suggestion(const TurnRisk& risk);

}  // namespace hotline::escalation
