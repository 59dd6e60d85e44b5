#include "language/text.h"

#include <opencc/opencc.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>
#include <memory>
#include <mutex>
#include <stdexcept>

namespace hotline::language {
namespace {

/// Folding of the basic plane, made once: one lookup a character instead of a normaliser.
class FoldingTable {
 public:
  FoldingTable() {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* const folding = icu::Normalizer2::getNFKCCasefoldInstance(error);
    if (U_FAILURE(error)) throw std::runtime_error{"ICU has no NFKC_Casefold data"};
    for (char32_t c = 0; c < table_.size(); ++c) table_[c] = Folded(*folding, c);
  }
  [[nodiscard]] char32_t operator[](char32_t c) const { return c < table_.size() ? table_[c] : c; }

 private:
  static char16_t Folded(const icu::Normalizer2& folding, char32_t c) {
    if (u_isUWhiteSpace(static_cast<UChar32>(c)) || u_iscntrl(static_cast<UChar32>(c))) return u' ';
    if (U_IS_SURROGATE(c)) return 0xFFFD;
    UErrorCode error = U_ZERO_ERROR;
    const icu::UnicodeString folded = folding.normalize(icu::UnicodeString{static_cast<UChar32>(c)}, error);
    return U_SUCCESS(error) && folded.length() == 1 ? folded[0] : static_cast<char16_t>(c);
  }

  std::array<char16_t, 0x10000> table_{};
};

const FoldingTable& Folding() {
  static const FoldingTable table;
  return table;
}

/// Calls visit(code point, begin, end) for every character.
template <typename Visit>
void ForEach(std::string_view text, Visit visit) {
  const auto* const data = reinterpret_cast<const uint8_t*>(text.data());
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    const int32_t begin = i;
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(data, i, length, c);
    visit(static_cast<char32_t>(c), static_cast<std::size_t>(begin), static_cast<std::size_t>(i));
  }
}

void Append(std::string& text, char32_t c) {
  std::array<char, U8_MAX_LENGTH> bytes{};
  int32_t length = 0;
  U8_APPEND_UNSAFE(bytes.data(), length, static_cast<UChar32>(c));
  text.append(bytes.data(), static_cast<std::size_t>(length));
}

bool EndsSentence(char32_t c) {
  return c == U'。' || c == U'!' || c == U'?' || c == U';' || c == U'！' || c == U'？' || c == U'；';
}
bool EndsClause(char32_t c) { return EndsSentence(c) || c == U',' || c == U'，' || c == U'、' || c == U'…'; }

Span Trimmed(std::string_view text, Span span) {
  while (span.begin < span.end && (text[span.begin] == ' ' || text[span.begin] == '\t' || text[span.begin] == '\r'))
    ++span.begin;
  while (span.begin < span.end &&
         (text[span.end - 1] == ' ' || text[span.end - 1] == '\t' || text[span.end - 1] == '\r'))
    --span.end;
  return span;
}

template <typename Ends>
std::vector<Span> Split(std::string_view text, Ends ends) {
  std::vector<Span> pieces;
  std::size_t from = 0;
  const auto cut = [&](std::size_t to) {
    if (const Span piece = Trimmed(text, {from, to}); piece.begin < piece.end) pieces.push_back(piece);
  };
  ForEach(text, [&](char32_t c, std::size_t begin, std::size_t end) {
    if (c != U'\n' && !ends(c)) return;
    cut(begin);
    from = end;
  });
  cut(text.size());
  return pieces;
}

}  // namespace

FoldedText Fold(std::string_view utf8) {
  FoldedText folded;
  folded.characters.reserve(utf8.size() / 2);
  folded.begins.reserve(utf8.size() / 2 + 1);
  ForEach(utf8, [&](char32_t c, std::size_t begin, std::size_t) {
    folded.characters.push_back(Folding()[c]);
    folded.begins.push_back(begin);
  });
  folded.begins.push_back(utf8.size());
  return folded;
}

std::size_t CountCharacters(std::string_view utf8) {
  std::size_t count = 0;
  ForEach(utf8, [&](char32_t, std::size_t, std::size_t) { ++count; });
  return count;
}

std::string FoldedUtf8(std::string_view utf8) {
  std::string folded;
  folded.reserve(utf8.size());
  ForEach(utf8, [&](char32_t c, std::size_t, std::size_t) { Append(folded, Folding()[c]); });
  return folded;
}

std::string Simplified(std::string_view utf8) {
  static std::mutex mutex;  // OpenCC does not promise that a converter may be shared.
  static const opencc::SimpleConverter converter{"t2s.json"};
  const std::lock_guard lock{mutex};
  return converter.Convert(std::string{utf8});
}

std::vector<Span> Sentences(std::string_view utf8) { return Split(utf8, EndsSentence); }
std::string_view WithItsMark(const Span& sentence, std::string_view utf8) {
  const std::string_view behind = utf8.substr(sentence.end);
  for (const std::string_view mark : {"。", "！", "？", "；", "!", "?", ";"}) {
    if (behind.starts_with(mark)) return utf8.substr(sentence.begin, sentence.end - sentence.begin + mark.size());
  }
  return sentence.In(utf8);
}
std::vector<Span> Clauses(std::string_view utf8) { return Split(utf8, EndsClause); }

}  // namespace hotline::language
