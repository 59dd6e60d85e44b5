#include "knowledge/domain/terms.h"

#include <algorithm>
#include <array>

#include "language/text.h"

namespace hotline::knowledge {
namespace {

bool IsHan(char32_t c) { return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x2FFFF); }
bool IsWord(char32_t c) { return (c >= U'0' && c <= U'9') || (c >= U'a' && c <= U'z'); }

/// What every question says and no article is about.
std::string WithoutCourtesy(std::string text) {
  constexpr std::array<std::string_view, 14> kCourtesy{"请问一下", "请问",     "您好",     "你好",   "我想问一下",
                                                       "我想咨询", "想问一下", "麻烦问下", "是不是", "能不能",
                                                       "可不可以", "怎么样",   "什么",     "谢谢"};
  for (const std::string_view word : kCourtesy) {
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at))
      text.replace(at, word.size(), " ");
  }
  return text;
}

}  // namespace

std::vector<std::string> SearchTerms(std::string_view utf8) {
  const std::string text = WithoutCourtesy(language::Simplified(language::FoldedUtf8(utf8)));
  const language::FoldedText folded = language::Fold(text);
  const auto original = [&](std::size_t from, std::size_t to) { return std::string{folded.Original(text, from, to)}; };
  std::vector<std::string> terms;
  for (std::size_t i = 0; i < folded.size();) {
    if (IsWord(folded.characters[i])) {
      std::size_t end = i;
      while (end < folded.size() && IsWord(folded.characters[end])) ++end;
      terms.push_back(original(i, end));
      i = end;
      continue;
    }
    if (IsHan(folded.characters[i])) {
      terms.push_back(original(i, i + 1));
      if (i + 1 < folded.size() && IsHan(folded.characters[i + 1])) terms.push_back(original(i, i + 2));
    }
    ++i;
  }
  return terms;
}

}  // namespace hotline::knowledge
