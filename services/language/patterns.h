#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::language {

/// What patterns and taggers read of a text: up to 2,000 characters. Slots stand early, and a long text must not hold a
/// thread.
[[nodiscard]] std::string_view Beginning(std::string_view text);

/// A regular expression over Chinese text (PCRE2 syntax), matched by character, answered in bytes of the UTF-8 text.
/// Immutable, thread-safe.
class Pattern {
 public:
  struct Span {
    std::size_t at;     ///< Byte offset.
    std::string words;  ///< Verbatim.
  };

  /// Throws std::invalid_argument when the expression is none.
  explicit Pattern(std::string_view expression);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;

  /// Every match in the Beginning(), left to right, none overlapping.
  [[nodiscard]] std::vector<Span> FindAll(std::string_view text) const;
  [[nodiscard]] bool Matches(std::string_view text) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace hotline::language
