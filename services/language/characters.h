#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace hotline::language {

/// The bytes a UTF-8 character takes, by its first byte; a stray byte counts as a character of its own.
[[nodiscard]] constexpr std::size_t CharacterBytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// The characters of a text, as views into it.
[[nodiscard]] inline std::vector<std::string_view> Characters(std::string_view text) {
  std::vector<std::string_view> characters;
  characters.reserve(text.size() / 3 + 1);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = std::min(CharacterBytes(text[at]), text.size() - at);
    characters.push_back(text.substr(at, bytes));
    at += bytes;
  }
  return characters;
}

/// Whether a clause ends at this character, full-width or half-width.
[[nodiscard]] constexpr bool EndsAClause(std::string_view character) {
  return std::string_view{"。！？!?；;，,"}.find(character) != std::string_view::npos;
}

}  // namespace hotline::language
