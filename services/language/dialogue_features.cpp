#include "language/dialogue_features.h"

#include <algorithm>
#include <cmath>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "language/text.h"

namespace hotline::language {
namespace {

constexpr std::size_t kLongestCounted = 7;  // Longer dialogues count as this long: training knows none.
constexpr std::size_t kRepeatWindow = 8;    // The caller's earlier turns among which a repeat is looked for.
constexpr std::size_t kNearby = 5;          // As many of the caller's turns before and after one are about the same.

/// The texts of one speaker's turns, in order.
std::vector<std::string> TextsOf(std::span<const DialogueTurn> turns, Speaker speaker) {
  std::vector<std::string> texts;
  for (const DialogueTurn& turn : turns) {
    if (turn.speaker == speaker) texts.push_back(turn.text);
  }
  return texts;
}

double LogLength(std::string_view text) { return std::log1p(static_cast<double>(CountCharacters(text))); }

std::vector<double> MeanEmotion(const TurnEmotions& emotions, std::size_t until) {
  std::vector<double> mean(AllPostEmotions().size(), 0.0);
  double turns = 0;
  for (std::size_t i = 0; i < until; ++i) {
    if (emotions[i].empty()) continue;
    ++turns;
    for (std::size_t e = 0; e < mean.size(); ++e) mean[e] += emotions[i][e];
  }
  for (double& value : mean) value /= std::max(turns, 1.0);
  return mean;
}

void Append(std::vector<double>& to, const std::vector<double>& values) {
  // A turn that is not there feels nothing in particular.
  const std::size_t size = AllPostEmotions().size();
  for (std::size_t e = 0; e < size; ++e) to.push_back(values.empty() ? 1.0 / static_cast<double>(size) : values[e]);
}

/// Pairs of neighbouring characters, sorted, each once.
std::vector<std::uint64_t> Pairs(std::string_view text) {
  const FoldedText folded = Fold(text);
  std::vector<std::uint64_t> pairs;
  for (std::size_t i = 1; i < folded.size(); ++i) {
    pairs.push_back(std::uint64_t{folded.characters[i - 1]} << 32 | folded.characters[i]);
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

/// Common pairs of all pairs, 0..1.
double Likeness(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  std::vector<std::uint64_t> common;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
  const std::size_t all = a.size() + b.size() - common.size();
  return all == 0 ? 0 : static_cast<double>(common.size()) / static_cast<double>(all);
}

double Count(std::string_view text, char32_t mark) {
  const FoldedText folded = Fold(text);
  return static_cast<double>(std::count(folded.characters.begin(), folded.characters.end(), mark));
}

/// What the other side answers to turn `at`, up to the caller's next turn.
std::string ReplyTo(std::span<const DialogueTurn> turns, std::size_t at) {
  std::string reply;
  for (std::size_t i = at + 1; i < turns.size() && turns[i].speaker != Speaker::kCaller; ++i) reply += turns[i].text;
  return reply;
}

/// The caller's turn `at` and those nearby, in order.
std::vector<std::string> Nearby(std::span<const DialogueTurn> turns, std::size_t at) {
  std::vector<std::string> texts;
  std::size_t own = 0;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    if (turns[i].speaker != Speaker::kCaller) continue;
    if (i == at) own = texts.size();
    texts.push_back(turns[i].text);
  }
  const std::size_t first = own - std::min(own, kNearby);
  const std::size_t count = std::min(own + kNearby + 1, texts.size()) - first;
  const auto begin = texts.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace

DialogueFeatures HelpdeskFeatures(std::span<const DialogueTurn> turns, const TurnEmotions& emotions) {
  const std::vector<std::string> caller = TextsOf(turns, Speaker::kCaller);
  const std::vector<std::string> helpdesk = TextsOf(turns, Speaker::kAgent);
  const std::string nothing;
  const std::string& first = caller.empty() ? nothing : caller.front();
  const std::string& last = caller.empty() ? nothing : caller.back();
  const std::string& last_answer = helpdesk.empty() ? nothing : helpdesk.back();
  const std::string& end = turns.empty() ? nothing : turns.back().text;
  const bool caller_ends = !turns.empty() && turns.back().speaker == Speaker::kCaller;
  const std::string all_caller = absl::StrJoin(caller, "\n");
  const std::string all_helpdesk = absl::StrJoin(helpdesk, "\n");

  DialogueFeatures features;
  features.texts = {all_caller,
                    all_helpdesk,
                    last,
                    caller.empty() ? nothing : absl::StrJoin(caller.begin() + 1, caller.end(), "\n"),
                    absl::StrCat(end, caller_ends ? "C" : "H"),
                    last_answer,
                    first};
  features.numbers = {caller_ends ? 1.0 : 0.0,
                      static_cast<double>(std::min(caller.size(), kLongestCounted)),
                      static_cast<double>(std::min(helpdesk.size(), kLongestCounted)),
                      caller.size() == 1 ? 1.0 : 0.0,
                      LogLength(end),
                      LogLength(all_caller),
                      LogLength(all_helpdesk),
                      LogLength(last),
                      LogLength(first),
                      LogLength(last_answer)};
  // How many turns there are and who speaks last, together: each case on its own.
  std::vector<double> shape(2 * kLongestCounted, 0.0);
  if (!turns.empty()) shape[(std::min(turns.size(), kLongestCounted) - 1) * 2 + (caller_ends ? 1 : 0)] = 1;
  features.numbers.insert(features.numbers.end(), shape.begin(), shape.end());
  std::vector<double> first_emotion;
  std::vector<double> last_emotion;
  for (const std::vector<double>& emotion : emotions) {
    if (emotion.empty()) continue;
    if (first_emotion.empty()) first_emotion = emotion;
    last_emotion = emotion;
  }
  Append(features.numbers, last_emotion);
  Append(features.numbers, first_emotion);
  Append(features.numbers, MeanEmotion(emotions, emotions.size()));
  features.encoded = {{last}, {last_answer}};
  return features;
}

DialogueFeatures ShopFeatures(std::span<const DialogueTurn> turns, const TurnEmotions& emotions, std::size_t at) {
  const std::string& said = turns[at].text;
  const std::string reply = ReplyTo(turns, at);
  std::vector<std::size_t> before;  // The caller's earlier turns, the nearest first.
  for (std::size_t i = at; i-- > 0 && before.size() < kRepeatWindow;) {
    if (turns[i].speaker == Speaker::kCaller) before.push_back(i);
  }
  std::size_t next = at + 1;
  while (next < turns.size() && turns[next].speaker != Speaker::kCaller) ++next;

  const std::vector<std::uint64_t> pairs = Pairs(said);
  const std::vector<std::uint64_t> reply_pairs = Pairs(reply);
  double repeated = 0;
  double repeated_reply = 0;
  for (const std::size_t i : before) {
    repeated = std::max(repeated, Likeness(pairs, Pairs(turns[i].text)));
    repeated_reply = std::max(repeated_reply, Likeness(reply_pairs, Pairs(ReplyTo(turns, i))));
  }

  DialogueFeatures features;
  features.texts = {said, before.empty() ? std::string{} : turns[before.front()].text, reply};
  features.encoded = {{said}, Nearby(turns, at)};
  features.numbers = {LogLength(said),
                      LogLength(reply),
                      LogLength(next < turns.size() ? turns[next].text : std::string{}),
                      repeated,
                      next < turns.size() ? Likeness(pairs, Pairs(turns[next].text)) : 0.0,
                      repeated_reply,
                      Likeness(pairs, reply_pairs),
                      Count(said, U'?'),
                      Count(said, U'!')};
  const std::vector<double> none;
  Append(features.numbers, emotions[at]);
  Append(features.numbers, before.empty() ? none : emotions[before.front()]);
  Append(features.numbers, next < turns.size() ? emotions[next] : none);
  Append(features.numbers, MeanEmotion(emotions, at + 1));
  Append(features.numbers, MeanEmotion(emotions, emotions.size()));
  return features;
}

}  // namespace hotline::language
