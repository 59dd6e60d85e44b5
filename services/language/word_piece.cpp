#include "language/word_piece.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

namespace hotline::language {
namespace {

/// Longer words are unknown as a whole, as in the original.
constexpr std::size_t kLongestWord = 100;

enum class CharacterKind { kWord, kApart, kSpace, kNothing };

bool IsCjk(UChar32 c) {
  constexpr std::array<std::pair<UChar32, UChar32>, 8> kRanges{{{0x4E00, 0x9FFF},
                                                                {0x3400, 0x4DBF},
                                                                {0x20000, 0x2A6DF},
                                                                {0x2A700, 0x2B73F},
                                                                {0x2B740, 0x2B81F},
                                                                {0x2B920, 0x2CEAF},
                                                                {0xF900, 0xFAFF},
                                                                {0x2F800, 0x2FA1F}}};
  return std::any_of(kRanges.begin(), kRanges.end(),
                     [c](const auto& range) { return range.first <= c && c <= range.second; });
}

/// The original's tables are those of Unicode 8: what came later, or what it calls otherwise today, is a letter to it.
bool KnownToUnicode8(UChar32 c) {
  UVersionInfo age{};
  u_charAge(c, age);
  return age[0] <= 8;
}

CharacterKind KindOfOther(UChar32 c) {
  if (IsCjk(c)) return CharacterKind::kApart;
  constexpr UChar32 kCanadianChiSign = 0x166D;  // Punctuation in Unicode 8, a symbol since.
  constexpr UChar32 kSharadaSandhiMark = 0x111C9;
  if (c == 0xFFFD) return CharacterKind::kNothing;
  if (c == kCanadianChiSign || c == kSharadaSandhiMark) return CharacterKind::kApart;
  const std::uint32_t mask = U_GET_GC_MASK(c);
  if ((mask & U_GC_CN_MASK) != 0 || !KnownToUnicode8(c)) return CharacterKind::kWord;
  if ((mask & (U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK | U_GC_CS_MASK)) != 0) return CharacterKind::kNothing;
  if ((mask & U_GC_P_MASK) != 0) return CharacterKind::kApart;
  return (mask & U_GC_Z_MASK) != 0 ? CharacterKind::kSpace : CharacterKind::kWord;
}

CharacterKind KindOf(UChar32 c) {
  if (0x4E00 <= c && c <= 0x9FFF) return CharacterKind::kApart;
  if (c >= 0x7F) return KindOfOther(c);
  if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return CharacterKind::kSpace;
  if (c < ' ') return CharacterKind::kNothing;
  const bool letter_or_digit = ('0' <= c && c <= '9') || ('A' <= c && c <= 'Z') || ('a' <= c && c <= 'z');
  return letter_or_digit ? CharacterKind::kWord : CharacterKind::kApart;
}

}  // namespace

absl::StatusOr<std::unique_ptr<const WordPiece>> WordPiece::Parse(std::string vocabulary) {
  std::unique_ptr<WordPiece> made{new WordPiece};
  made->vocabulary_ = std::move(vocabulary);
  std::string_view rest = made->vocabulary_;
  for (std::int64_t number = 0; !rest.empty(); ++number) {
    const std::string_view token = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(token.size() + 1, rest.size()));
    made->starts_.emplace(token, number);
    if (token.size() > 2 && token.starts_with("##")) made->continuations_.emplace(token.substr(2), number);
  }
  for (const auto& [name, number] :
       {std::pair{"[CLS]", &made->begin_}, std::pair{"[SEP]", &made->end_}, std::pair{"[UNK]", &made->unknown_}}) {
    const auto found = made->starts_.find(name);
    if (found == made->starts_.end()) return absl::DataLossError("its vocabulary lacks [CLS], [SEP] or [UNK]");
    *number = found->second;
  }
  return made;
}

std::vector<std::int64_t> WordPiece::Tokens(std::string_view utf8, std::size_t most) const {
  std::vector<std::int64_t> tokens{begin_};
  tokens.reserve(std::min(most, utf8.size() + 2));
  std::string word;  // Copied, because what is dropped joins its neighbours.
  std::size_t characters = 0;
  const auto end_word = [&] {
    if (characters > 0) AddWord(word, characters, tokens);
    word.clear();
    characters = 0;
  };
  const auto* const data = reinterpret_cast<const uint8_t*>(utf8.data());
  const auto length = static_cast<int32_t>(utf8.size());
  for (int32_t i = 0; i < length && tokens.size() + 1 < most;) {
    const int32_t begin = i;
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(data, i, length, c);
    const CharacterKind kind = KindOf(c);
    if (kind == CharacterKind::kNothing) continue;
    if (kind != CharacterKind::kWord) end_word();
    if (kind == CharacterKind::kSpace) continue;
    word.append(utf8.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(i - begin)));
    ++characters;
    if (kind == CharacterKind::kApart) end_word();
  }
  end_word();
  if (tokens.size() + 1 > most) tokens.resize(most - 1);
  tokens.push_back(end_);
  return tokens;
}

void WordPiece::AddWord(std::string_view word, std::size_t characters, std::vector<std::int64_t>& tokens) const {
  const std::size_t before = tokens.size();
  while (!word.empty() && characters <= kLongestWord) {
    const Pieces& pieces = tokens.size() == before ? starts_ : continuations_;
    std::size_t size = word.size();
    auto found = pieces.find(word);
    while (found == pieces.end() && size > 0) {
      // Back over one character: its first byte is no continuation byte.
      do --size;
      while (size > 0 && (static_cast<unsigned char>(word[size]) & 0xC0) == 0x80);
      found = size > 0 ? pieces.find(word.substr(0, size)) : pieces.end();
    }
    if (found == pieces.end()) break;
    tokens.push_back(found->second);
    word.remove_prefix(size);
  }
  if (word.empty()) return;
  tokens.resize(before);
  tokens.push_back(unknown_);
}

}  // namespace hotline::language
