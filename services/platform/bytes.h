#pragma once

#include <string>
#include <string_view>

#include <absl/status/statusor.h>

namespace hotline::platform {

/// Bytes as text (RFC 4648, with padding): how they are kept in a database column, the same on both engines.
[[nodiscard]] std::string ToBase64(std::string_view bytes);

/// INVALID_ARGUMENT when `text` is not base64.
[[nodiscard]] absl::StatusOr<std::string> FromBase64(std::string_view text);

/// Lower-case hex digits.
[[nodiscard]] std::string ToHex(std::string_view bytes);

/// SHA-256 as 64 lower-case hex digits.
[[nodiscard]] std::string Sha256Hex(std::string_view bytes);

}  // namespace hotline::platform
