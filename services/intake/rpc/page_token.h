#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>

#include "intake/app/case_queries.h"

namespace hotline::intake {

/// Where the next page starts, opaque to clients. `query` is everything else the request asked for: a token goes on
/// with its own question only.
[[nodiscard]] std::string MakePageToken(const CasePosition& end, std::string_view query);

/// Nothing for the empty token. INVALID_ARGUMENT naming page_token when it is none of ours, or of another question.
[[nodiscard]] absl::StatusOr<std::optional<CasePosition>> ReadPageToken(std::string_view token, std::string_view query);

}  // namespace hotline::intake
