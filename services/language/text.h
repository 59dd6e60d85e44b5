#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::language {

/// A text as code points folded for comparison (NFKC and case folding, where they give one character), each with the
/// bytes it came from, so that whatever is found can be quoted verbatim.
struct FoldedText {
  std::u32string characters;
  std::vector<std::size_t> begins;  ///< Byte offset of each character; one more at the end: the text's size.

  [[nodiscard]] std::size_t size() const { return characters.size(); }
  /// The original bytes of characters [from, to).
  [[nodiscard]] std::string_view Original(std::string_view text, std::size_t from, std::size_t to) const {
    return text.substr(begins[from], begins[to] - begins[from]);
  }
};

/// Invalid UTF-8 becomes U+FFFD, a byte at a time. White space folds to ' '.
[[nodiscard]] FoldedText Fold(std::string_view utf8);

/// Characters of a text (code points).
[[nodiscard]] std::size_t CountCharacters(std::string_view utf8);

/// The folded text as UTF-8: "１２３４５ Ａbc" -> "12345 abc".
[[nodiscard]] std::string FoldedUtf8(std::string_view utf8);

/// Traditional characters as simplified ones (OpenCC t2s). Thread-safe.
[[nodiscard]] std::string Simplified(std::string_view utf8);

/// A piece of a text by byte offsets.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  [[nodiscard]] std::string_view In(std::string_view text) const { return text.substr(begin, end - begin); }
};

/// Sentences, ended by 。！？；!?; or a line end, full-width or half-width; without white space around them.
[[nodiscard]] std::vector<Span> Sentences(std::string_view utf8);
/// A sentence and the mark that ends it, which tells an asking one from a telling one; without, where none does.
[[nodiscard]] std::string_view WithItsMark(const Span& sentence, std::string_view utf8);
/// Sentences, cut again at commas and pauses (，,、…): what a speaker says in one breath.
[[nodiscard]] std::vector<Span> Clauses(std::string_view utf8);

}  // namespace hotline::language
