#pragma once

#include <hotline/escalation/v1/escalation_events.pb.h>

#include <nlohmann/json.hpp>

namespace hotline::cli {

/// A call's review as `replay` prints it (cli.md).
[[nodiscard]] nlohmann::ordered_json ToJson(const escalation::v1::Conduct& conduct);

}  // namespace hotline::cli
