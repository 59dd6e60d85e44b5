#include "classification/domain/emotion.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "classification/domain/cues.h"
#include "classification/domain/embedded_data.h"
#include "classification/domain/emotion_trend.h"
#include "language/linear_model.h"
#include "language/text.h"
#include "language/turn_features.h"

namespace hotline::classification {
namespace {

constexpr std::size_t kEmotions = 11;

constexpr std::size_t Index(Emotion emotion) { return static_cast<std::size_t>(emotion) - 1; }

/// The likeliest emotion of the likeliest family: several kinds of being upset do not lose to one calm.
Emotion Decide(std::span<const double> probabilities, const Families& families) {
  const auto family = static_cast<Family>(std::max_element(families.begin(), families.end()) - families.begin());
  Emotion best = Emotion::kCalm;
  double most = -1;
  for (const Emotion emotion : language::AllEmotions()) {
    if (FamilyOf(emotion) != family || probabilities[Index(emotion)] <= most) continue;
    best = emotion;
    most = probabilities[Index(emotion)];
  }
  return best;
}

/// The cues that show a feeling; empty for calm, which is the absence of the others.
std::span<const std::string_view> CuesOf(Emotion emotion) {
  static constexpr std::string_view kAnxious[] = {"worry", "urgent"};
  static constexpr std::string_view kAggrieved[] = {"wronged"};
  static constexpr std::string_view kDissatisfied[] = {"blame", "waited", "rhetorical"};
  static constexpr std::string_view kDisappointed[] = {"resign"};
  static constexpr std::string_view kAngry[] = {"anger", "rhetorical", "blame"};
  static constexpr std::string_view kSarcastic[] = {"sarcasm"};
  static constexpr std::string_view kFearful[] = {"fear", "leak"};
  static constexpr std::string_view kSad[] = {"grief"};
  static constexpr std::string_view kDesperate[] = {"despair"};
  static constexpr std::string_view kGrateful[] = {"thanks", "praise"};
  switch (emotion) {
    case Emotion::kCalm: return {};
    case Emotion::kAnxious: return kAnxious;
    case Emotion::kAggrieved: return kAggrieved;
    case Emotion::kDissatisfied: return kDissatisfied;
    case Emotion::kDisappointed: return kDisappointed;
    case Emotion::kAngry: return kAngry;
    case Emotion::kSarcastic: return kSarcastic;
    case Emotion::kFearful: return kFearful;
    case Emotion::kSad: return kSad;
    case Emotion::kDesperate: return kDesperate;
    case Emotion::kGrateful: return kGrateful;
  }
  return {};
}

std::vector<Evidence> EvidenceOf(Emotion emotion, const Turn& turn) {
  std::vector<Evidence> evidence;
  for (const std::string_view group : CuesOf(emotion)) {
    if (const std::string_view words = SpokenCues().First(group, turn.text); !words.empty()) {
      evidence.push_back({"EMOTION_WORDS", std::string{words}, turn.number});
    }
  }
  if (evidence.empty() && emotion != Emotion::kCalm) evidence.push_back({"EMOTION_MODEL", turn.text, turn.number});
  return evidence;
}

}  // namespace

const EmotionReader& EmotionReader::Get() {
  static const EmotionReader reader{language::LinearHead{embedded::turn_emotion},
                                    language::LinearHead{embedded::emotion_trend}};
  return reader;
}

EmotionReader::EmotionReader(language::LinearHead words, language::LinearHead trend)
    : words_{std::move(words)}, trend_{std::move(trend)} {
  for (const std::string& label : words_.labels()) {
    const auto emotion = language::EmotionFromName(label);
    if (!emotion) throw std::invalid_argument("the head names an emotion that is none: " + label);
    emotions_.push_back(*emotion);
  }
  for (const std::string& label : trend_.labels()) {
    const auto family = FamilyFromName(label);
    if (!family) throw std::invalid_argument("the head names a family that is none: " + label);
    families_.push_back(*family);
  }
}

std::vector<double> EmotionReader::WordsAlone(const Turn& turn) const {
  const std::vector<double> scores = words_.Scores(language::FeaturesOf(turn.text, SpokenCues()));
  std::vector<double> by_number(kEmotions, -20.0);
  for (std::size_t i = 0; i < emotions_.size(); ++i) by_number[Index(emotions_[i])] = scores[i];
  return language::Softmax(std::move(by_number));
}

EmotionReading EmotionReader::Read(std::span<const Turn> before, const Turn& turn,
                                   const language::HeadVoice* encoder) const {
  std::vector<Turn> turns;
  std::vector<Families> words;
  const std::span<const Turn> recent = before.last(std::min(before.size(), kTrendMemory));
  for (const Turn& earlier : recent) {
    turns.push_back(earlier);
    if (earlier.speaker == Speaker::kCaller) words.push_back(FamiliesOf(WordsAlone(earlier)));
  }
  turns.push_back(turn);
  EmotionReading reading;
  reading.probabilities = WordsAlone(turn);
  words.push_back(FamiliesOf(reading.probabilities));

  const std::vector<double> trend = language::Softmax(trend_.Scores(TrendFeatures(turns, words)));
  Families families{};
  for (std::size_t i = 0; i < families_.size(); ++i) families[Index(families_[i])] = trend[i];
  // Within its family the words say which feeling it is.
  for (const Emotion emotion : language::AllEmotions()) {
    const std::size_t family = Index(FamilyOf(emotion));
    reading.probabilities[Index(emotion)] *= families[family] / std::max(words.back()[family], 1e-12);
  }
  if (encoder != nullptr) {
    reading.probabilities = encoder->With(reading.probabilities);
    families = FamiliesOf(reading.probabilities);
  }
  reading.emotion = Decide(reading.probabilities, families);
  reading.confidence = reading.probabilities[Index(reading.emotion)];
  reading.evidence = EvidenceOf(reading.emotion, turn);
  return reading;
}

}  // namespace hotline::classification
