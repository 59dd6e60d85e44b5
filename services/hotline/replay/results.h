#pragma once

#include <nlohmann/json.hpp>

#include "hotline/replay/player.h"

namespace hotline::replay {

/// The line of RESULTS.jsonl for one replayed call (cli.md).
[[nodiscard]] nlohmann::ordered_json ToJson(const RecordedCall& call, const PlayedCall& played);

}  // namespace hotline::replay
