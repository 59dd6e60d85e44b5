#include "language/turn_features.h"

#include <algorithm>
#include <set>
#include <string>

#include <unicode/uchar.h>

#include "language/text.h"

namespace hotline::language {
namespace {

bool IsPunctuation(char32_t c) { return u_ispunct(static_cast<UChar32>(c)) || u_isspace(static_cast<UChar32>(c)); }

std::size_t Count(const FoldedText& text, std::u32string_view marks) {
  return static_cast<std::size_t>(std::count_if(text.characters.begin(), text.characters.end(), [&](char32_t c) {
    return marks.find(c) != std::u32string_view::npos;
  }));
}

/// Two and three characters in a row, as they were written.
void AddGrams(std::string_view turn, const FoldedText& text, Features& features) {
  std::set<std::string_view> grams;
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (std::size_t n = 1; n <= 3 && i + n <= text.size() && !IsPunctuation(text.characters[i + n - 1]); ++n) {
      if (n > 1) grams.insert(text.Original(turn, i, i + n));
    }
  }
  for (const std::string_view gram : grams) features.emplace_back(gram, 0.5F);
}

void AddManner(const FoldedText& text, Features& features) {
  const auto exclamations = Count(text, U"!！");
  const auto questions = Count(text, U"?？");
  if (exclamations > 0) features.emplace_back("#exclaims", static_cast<float>(std::min<std::size_t>(exclamations, 3)));
  if (questions > 0) features.emplace_back("#asks", static_cast<float>(std::min<std::size_t>(questions, 2)));
  if (Count(text, U"…") > 0) features.emplace_back("#trails_off", 1.0F);
  if (text.size() <= 8) features.emplace_back("#short", 1.0F);
  if (text.size() >= 40) features.emplace_back("#long", 1.0F);
}

}  // namespace

Features FeaturesOf(std::string_view turn, const Cues& cues) {
  constexpr std::size_t kLongestBytes = 3 * 600;  // A letter says what it wants in the beginning.
  if (turn.size() > kLongestBytes) {
    std::size_t end = kLongestBytes;
    while (end > 0 && (static_cast<unsigned char>(turn[end]) & 0xC0) == 0x80) --end;  // Not inside a character.
    turn = turn.substr(0, end);
  }
  Features features{{"#bias", 1.0F}};
  const FoldedText text = Fold(turn);
  AddGrams(turn, text, features);
  AddManner(text, features);
  for (const auto& [group, words] : cues.Find(turn)) {
    features.emplace_back("@" + std::string{group}, static_cast<float>(std::min<std::size_t>(words.size(), 3)));
  }
  return features;
}

}  // namespace hotline::language
