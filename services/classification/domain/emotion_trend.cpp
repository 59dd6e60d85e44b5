#include "classification/domain/emotion_trend.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "classification/domain/cues.h"
#include "language/patterns.h"
#include "language/text.h"

namespace hotline::classification {
namespace {

constexpr std::array<std::string_view, kFamilies> kNames = {"calm", "worried", "hurt", "angry", "grateful"};

void Add(std::string_view name, double value, language::Features& features) {
  if (value != 0) features.emplace_back(name, static_cast<float>(value));
}

void AddFamilies(char of, const Families& families, language::Features& features) {
  for (std::size_t i = 0; i < kFamilies; ++i)
    Add(std::string{of} + "_" + std::string{kNames[i]}, families[i], features);
}

/// The caller's earlier turns: the latest, their mean, the strongest, the first.
void AddEarlier(std::span<const Families> earlier, language::Features& features) {
  if (earlier.empty()) return;
  Families mean{};
  Families most{};
  for (const Families& one : earlier) {
    for (std::size_t i = 0; i < kFamilies; ++i) {
      mean[i] += one[i] / static_cast<double>(earlier.size());
      most[i] = std::max(most[i], one[i]);
    }
  }
  AddFamilies('p', earlier.back(), features);
  AddFamilies('m', mean, features);
  AddFamilies('x', most, features);
  AddFamilies('f', earlier.front(), features);
}

/// What the call is about, from all the caller has said: a fact in a call of praise is told gladly, in a leak in fear.
void AddSubject(std::span<const Turn> turns, language::Features& features) {
  for (const std::string_view group : {"praise_ask", "report", "complain", "leak", "despair", "suggest", "ask",
                                       "secrecy", "fear", "grief", "blame", "thanks", "worry", "urgent", "resign"}) {
    const bool said = std::any_of(turns.begin(), turns.end(), [&](const Turn& turn) {
      return turn.speaker == Speaker::kCaller && SpokenCues().Has(group, turn.text);
    });
    Add("j_" + std::string{group}, said, features);
  }
}

/// How the agent answers: just now, and in how many of all turns.
void AddAgent(std::span<const Turn> turns, language::Features& features) {
  const std::string_view now = turns.size() > 1 && turns[turns.size() - 2].speaker == Speaker::kAgent
                                   ? std::string_view{turns[turns.size() - 2].text}
                                   : std::string_view{};
  const auto agents =
      std::count_if(turns.begin(), turns.end(), [](const Turn& turn) { return turn.speaker == Speaker::kAgent; });
  for (const std::string_view group : {"restate", "agent_soothes", "agent_brushes_off", "answer_given"}) {
    const auto with = std::count_if(turns.begin(), turns.end(), [&](const Turn& turn) {
      return turn.speaker == Speaker::kAgent && SpokenCues().Has(group, turn.text);
    });
    Add("a_" + std::string{group}, SpokenCues().Has(group, now), features);
    Add("as_" + std::string{group},
        static_cast<double>(with) / static_cast<double>(std::max<std::ptrdiff_t>(agents, 1)), features);
  }
  static const language::Pattern asks{"(?:[？?]|吗|呢)[”\"]?$"};
  static const language::Pattern closes{"再见|不客气|还有(?:其他|别的)|祝您|感谢您的来电"};
  Add("a_asks", asks.Matches(now), features);
  Add("a_closes", closes.Matches(now), features);
}

void AddManner(const Turn& turn, language::Features& features) {
  static const language::Pattern asks{"[？?]\\s*$"};
  static const language::Pattern exclaims{"[！!]"};
  static const language::Pattern trails_off{"…"};
  const auto characters = static_cast<double>(language::CountCharacters(turn.text));
  Add("length", std::min(characters, 80.0) / 40, features);
  Add("short", characters <= 8, features);
  Add("asks", asks.Matches(turn.text), features);
  Add("exclaims", exclaims.Matches(turn.text), features);
  Add("trails_off", trails_off.Matches(turn.text), features);
  Add("turn", std::min(turn.number, 14) / 10.0, features);
}

}  // namespace

Family FamilyOf(Emotion emotion) {
  switch (emotion) {
    case Emotion::kCalm: return Family::kCalm;
    case Emotion::kAnxious:
    case Emotion::kFearful: return Family::kWorried;
    case Emotion::kAggrieved:
    case Emotion::kDisappointed:
    case Emotion::kSad:
    case Emotion::kDesperate: return Family::kHurt;
    case Emotion::kDissatisfied:
    case Emotion::kAngry:
    case Emotion::kSarcastic: return Family::kAngry;
    case Emotion::kGrateful: return Family::kGrateful;
  }
  return Family::kCalm;
}

std::string_view Name(Family family) { return kNames[Index(family)]; }

std::optional<Family> FamilyFromName(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Family>(found - kNames.begin());
}

Families FamiliesOf(std::span<const double> emotions) {
  Families families{};
  const std::span<const Emotion> all = language::AllEmotions();
  for (std::size_t i = 0; i < all.size() && i < emotions.size(); ++i) families[Index(FamilyOf(all[i]))] += emotions[i];
  return families;
}

language::Features TrendFeatures(std::span<const Turn> turns, std::span<const Families> words) {
  constexpr double kLeast = .01;
  language::Features features{{"#bias", 1.0F}};
  Families now = words.back();
  for (double& p : now) p = std::log(p + kLeast);
  AddFamilies('w', now, features);
  Add("first", words.size() == 1, features);
  Add("second", words.size() == 2, features);
  Add("third", words.size() == 3, features);
  AddEarlier(words.first(words.size() - 1), features);
  AddSubject(turns, features);
  AddAgent(turns, features);
  AddManner(turns.back(), features);
  return features;
}

}  // namespace hotline::classification
