#include "classification/domain/tagged_spans.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "language/characters.h"
#include "language/patterns.h"

namespace hotline::classification {
namespace {

using language::Features;

constexpr std::ptrdiff_t kNear = 3;   ///< Characters that count by where they stand.
constexpr std::ptrdiff_t kAbout = 7;  ///< Those that count by standing on this side at all.

/// Numbers alike, whichever they are; other characters as they are.
std::string_view ShapeOf(std::string_view character) {
  static constexpr std::string_view kSpoken = "一二三四五六七八九十百零〇两";
  if (character.size() == 1 && character[0] >= '0' && character[0] <= '9') return "0";
  if (character.size() == 1 && (character[0] | 0x20) >= 'a' && (character[0] | 0x20) <= 'z') return "a";
  if (character.size() == 3 && kSpoken.find(character) != std::string_view::npos) return "一";
  return character;
}

/// The features of the character at `at`.
class Around {
 public:
  Around(const std::vector<std::string_view>& characters, std::ptrdiff_t at) : characters_{characters}, at_{at} {}

  [[nodiscard]] Features All() {
    features_.reserve(40);
    Add("one", {});
    for (std::ptrdiff_t i = -kNear; i <= kNear; ++i) Add("u", i, i);
    for (std::ptrdiff_t i = -kNear; i < kNear; ++i) Add("u", i, i + 1);
    for (std::ptrdiff_t i = -kNear; i + 2 <= kNear; ++i) Add("u", i, i + 2);
    for (std::ptrdiff_t i = -1; i <= 1; ++i) Shapes(i);
    Within("p", -1, -1);
    Within("n", 1, 1);
    return std::move(features_);
  }

 private:
  [[nodiscard]] std::string_view At(std::ptrdiff_t offset) const {
    const std::ptrdiff_t i = at_ + offset;
    if (i < 0) return "^";
    return i < std::ssize(characters_) ? characters_[static_cast<std::size_t>(i)] : "$";
  }

  void Add(std::string name, std::string_view what) { features_.emplace_back(name.append(what), 1.0F); }

  void Add(const char* kind, std::ptrdiff_t from, std::ptrdiff_t to) {
    std::string name = kind;
    name += static_cast<char>('0' + from + kNear);
    for (std::ptrdiff_t i = from; i <= to; ++i) name += At(i);
    features_.emplace_back(std::move(name), 1.0F);
  }

  /// Three in a row with their numbers alike.
  void Shapes(std::ptrdiff_t middle) {
    std::string name = "s";
    name += static_cast<char>('1' + middle);
    for (std::ptrdiff_t i = middle - 1; i <= middle + 1; ++i) name += ShapeOf(At(i));
    features_.emplace_back(std::move(name), 1.0F);
  }

  /// What stands on one side in the same clause.
  void Within(const char* kind, std::ptrdiff_t first, std::ptrdiff_t step) {
    for (std::ptrdiff_t i = first, n = 0; n < kAbout; i += step, ++n) {
      const std::string_view character = At(i);
      if (character == "^" || character == "$" || language::EndsAClause(character)) break;
      Add(kind, character);
    }
  }

  const std::vector<std::string_view>& characters_;
  std::ptrdiff_t at_;
  Features features_;
};

/// How much is taken from "none" for spans that are not sure: of a hundred places six more are found on folds.
constexpr double kBoldness = 4;

void AddSpans(const std::vector<std::string_view>& characters, const std::vector<std::size_t>& tags,
              const std::vector<std::string>& labels, bool sure, std::vector<TaggedSpan>& spans) {
  for (std::size_t i = 0; i < tags.size();) {
    if (labels[tags[i]] == kNoSpan) {
      ++i;
      continue;
    }
    std::size_t end = i + 1;
    while (end < tags.size() && labels[tags[end]] == kSpanGoesOn) ++end;
    const char* const last = characters[end - 1].data() + characters[end - 1].size();
    spans.push_back({{characters[i].data(), static_cast<std::size_t>(last - characters[i].data())}, sure});
    i = end;
  }
}

}  // namespace

std::vector<Features> CharacterFeatures(std::string_view text) {
  const std::vector<std::string_view> characters = language::Characters(text);
  std::vector<Features> row;
  row.reserve(characters.size());
  for (std::ptrdiff_t at = 0; at < std::ssize(characters); ++at) row.push_back(Around{characters, at}.All());
  return row;
}

std::vector<TaggedSpan> TaggedSpans(std::string_view whole, const language::SequenceTagger& tagger) {
  const std::string_view text = language::Beginning(whole);
  const std::vector<std::string_view> characters = language::Characters(text);
  const std::vector<std::string>& labels = tagger.head().labels();
  std::vector<std::vector<double>> scores = tagger.Scores(CharacterFeatures(text));
  std::vector<TaggedSpan> spans;
  AddSpans(characters, tagger.Tag(scores), labels, true, spans);
  const auto none = static_cast<std::size_t>(std::find(labels.begin(), labels.end(), kNoSpan) - labels.begin());
  for (std::vector<double>& one : scores) one.at(none) -= kBoldness;
  AddSpans(characters, tagger.Tag(scores), labels, false, spans);
  return spans;
}

}  // namespace hotline::classification
