#include "knowledge/domain/phrase.h"

#include <algorithm>
#include <utility>

namespace hotline::knowledge {
namespace {

using language::Emotion;

/// Feelings that one phrase may answer: worry, hurt, anger, thanks, calm.
int Neighbourhood(Emotion emotion) {
  switch (emotion) {
    case Emotion::kCalm: return 0;
    case Emotion::kAnxious:
    case Emotion::kFearful: return 1;
    case Emotion::kAggrieved:
    case Emotion::kDisappointed:
    case Emotion::kSad:
    case Emotion::kDesperate: return 2;
    case Emotion::kDissatisfied:
    case Emotion::kAngry:
    case Emotion::kSarcastic: return 3;
    case Emotion::kGrateful: return 4;
  }
  return 0;
}

bool ForEveryone(const Phrase& phrase) { return phrase.audience.empty() || phrase.audience == "通用"; }

/// 0 where the phrase does not fit.
int Fit(const Phrase& phrase, const PhraseQuery& query) {
  if (phrase.retired || (!query.situation.empty() && phrase.situation != query.situation)) return 0;
  const bool audience =
      std::find(query.audiences.begin(), query.audiences.end(), phrase.audience) != query.audiences.end();
  if (!audience && !ForEveryone(phrase)) return 0;
  int fit = audience ? 2 : 1;
  if (query.emotion && phrase.emotion) {
    if (*phrase.emotion == *query.emotion) {
      fit += 4;
    } else if (Neighbourhood(*phrase.emotion) == Neighbourhood(*query.emotion)) {
      fit += 2;
    } else {
      return 0;
    }
  }
  return fit;
}

}  // namespace

std::vector<Phrase> RankPhrases(const std::vector<Phrase>& phrases, const PhraseQuery& query) {
  std::vector<std::pair<int, const Phrase*>> ranked;
  for (const Phrase& phrase : phrases) {
    if (const int fit = Fit(phrase, query); fit > 0) ranked.emplace_back(fit, &phrase);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<Phrase> best;
  best.reserve(ranked.size());
  for (const auto& [fit, phrase] : ranked) best.push_back(*phrase);
  return best;
}

}  // namespace hotline::knowledge
