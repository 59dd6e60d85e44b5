#include "classification/domain/turn_features.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "classification/domain/characters.h"
#include "classification/domain/cues.h"

namespace hotline::classification {
namespace {

bool IsPunctuation(std::string_view character) {
  static const std::set<std::string_view> kMarks = {"，", "。", "！", "？", "、", "；", "：", "“", "”", "…", "（", "）",
                                                    "《", "》", "—", ",",  ".",  "!",  "?",  ";",  ":", "\"", " ",
                                                    "~",  "～", "‘", "’",  "(",  ")",  "\t"};
  return kMarks.contains(character);
}

std::size_t Count(const std::vector<std::string_view>& characters, std::string_view full, std::string_view half) {
  return static_cast<std::size_t>(std::count_if(characters.begin(), characters.end(),
                                                [&](std::string_view c) { return c == full || c == half; }));
}

void AddGrams(const std::vector<std::string_view>& characters, Features& features) {
  std::set<std::string> grams;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    std::string gram;
    for (std::size_t n = 0; n < 3 && i + n < characters.size(); ++n) {
      if (IsPunctuation(characters[i + n])) break;
      gram += characters[i + n];
      if (n > 0) grams.insert(gram);
    }
  }
  for (const std::string& gram : grams) features.emplace_back(gram, 0.5F);
}

void AddManner(const std::vector<std::string_view>& characters, Features& features) {
  const auto exclamations = Count(characters, "！", "!");
  const auto questions = Count(characters, "？", "?");
  const auto dots = Count(characters, "…", "…");
  if (exclamations > 0) features.emplace_back("#exclaims", static_cast<float>(std::min<std::size_t>(exclamations, 3)));
  if (questions > 0) features.emplace_back("#asks", static_cast<float>(std::min<std::size_t>(questions, 2)));
  if (dots > 0) features.emplace_back("#trails_off", 1.0F);
  if (characters.size() <= 8) features.emplace_back("#short", 1.0F);
  if (characters.size() >= 40) features.emplace_back("#long", 1.0F);
}

}  // namespace

Features FeaturesOf(std::string_view turn) {
  Features features{{"#bias", 1.0F}};
  const std::vector<std::string_view> characters = Characters(turn);
  AddGrams(characters, features);
  AddManner(characters, features);
  for (const auto& [group, words] : Cues::Get().Find(turn)) {
    features.emplace_back("@" + std::string{group}, static_cast<float>(std::min<std::size_t>(words.size(), 3)));
  }
  return features;
}

}  // namespace hotline::classification
