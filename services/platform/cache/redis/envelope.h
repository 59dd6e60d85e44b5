#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hotline::platform::redis {

/// How many bytes Wrap() adds.
inline constexpr std::size_t kEnvelopeBytes = 20;

/// A value as it lies in Redis: with a mark of this format and a sum over key and value, so that whatever else is found
/// under the key, or an answer meant for another key, is known as such.
[[nodiscard]] std::string Wrap(std::string_view key, std::string_view value);

/// Nothing when these are not bytes that Wrap() made for this key.
[[nodiscard]] std::optional<std::string> Unwrap(std::string_view key, std::string_view bytes);

}  // namespace hotline::platform::redis
