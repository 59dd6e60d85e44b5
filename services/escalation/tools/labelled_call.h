#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "escalation/domain/call.h"
#include "escalation/domain/conduct.h"

namespace hotline::escalation {

/// A line of a file of labelled calls (tests/data/calls), as the domain sees it.
[[nodiscard]] CallOpening OpeningOf(const nlohmann::json& call);

/// Its turns, with the caller's feelings as `result`, a line of a replay's output, has them.
[[nodiscard]] std::vector<HeardTurn> TurnsOf(const nlohmann::json& call, const nlohmann::json& result);

/// What `result` has of the call's opening.
[[nodiscard]] std::optional<SoothedVoice> OpeningIn(const nlohmann::json& result);

/// The lines of a JSONL file. Throws std::runtime_error when it cannot be read.
[[nodiscard]] std::vector<nlohmann::json> ReadLines(const std::string& file);

}  // namespace hotline::escalation
