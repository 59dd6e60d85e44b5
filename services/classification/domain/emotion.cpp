#include "classification/domain/emotion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "classification/domain/cues.h"
#include "classification/domain/embedded_data.h"
#include "language/linear_model.h"
#include "language/turn_features.h"

namespace hotline::classification {
namespace {

constexpr std::size_t kEmotions = 11;
using Distribution = std::array<double, kEmotions>;

constexpr std::size_t Index(Emotion emotion) { return static_cast<std::size_t>(emotion) - 1; }

/// Feelings that turn into each other: leaving a family takes more than moving inside it.
enum class Family { kCalm, kWorried, kHurt, kAngry, kGrateful };

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

/// How callers begin: most with a plain question.
constexpr Distribution kFirstTurn = {.46, .09, .03, .16, .02, .11, .01, .03, .03, .02, .04};

/// What follows what in a conversation, whatever is said: hand-set from how calls go, not fitted.
double Follows(Emotion before, Emotion now) {
  constexpr double kStays = .32;
  double p = before == now ? kStays : 0;
  const bool same_family = FamilyOf(before) == FamilyOf(now);
  switch (FamilyOf(now)) {
    case Family::kCalm: p += (before == Emotion::kDesperate || before == Emotion::kSad) ? .12 : .30; break;
    case Family::kGrateful: p += .10; break;
    case Family::kWorried: p += same_family ? .12 : .04; break;
    case Family::kHurt: p += same_family ? .09 : .03; break;
    case Family::kAngry: p += same_family ? .13 : (before == Emotion::kCalm ? .03 : .05); break;
  }
  return p;
}

Distribution Prior(std::span<const double> before) {
  if (before.size() != kEmotions) return kFirstTurn;
  Distribution prior{};
  for (const Emotion from : language::AllEmotions()) {
    for (const Emotion to : language::AllEmotions()) prior[Index(to)] += before[Index(from)] * Follows(from, to);
  }
  return prior;
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
  static const EmotionReader reader{language::LinearHead{embedded::turn_emotion}};
  return reader;
}

EmotionReader::EmotionReader(language::LinearHead head) : head_{std::move(head)} {
  for (const std::string& label : head_.labels()) {
    const auto emotion = language::EmotionFromName(label);
    if (!emotion) throw std::invalid_argument("the head names an emotion that is none: " + label);
    labels_.push_back(*emotion);
  }
}

EmotionReading EmotionReader::Read(const Turn& turn, std::span<const double> before) const {
  constexpr double kTrend = .8;  // How much the trend may say against the words.
  const Distribution prior = Prior(before);
  const std::vector<double> words = head_.Scores(language::FeaturesOf(turn.text, SpokenCues()));
  std::vector<double> scores(kEmotions, -20.0);
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    scores[Index(labels_[i])] = words[i] + kTrend * std::log(prior[Index(labels_[i])] + 1e-6);
  }
  EmotionReading reading;
  reading.probabilities = language::Softmax(std::move(scores));
  const auto top = std::max_element(reading.probabilities.begin(), reading.probabilities.end());
  reading.emotion = static_cast<Emotion>(top - reading.probabilities.begin() + 1);
  reading.confidence = *top;
  reading.evidence = EvidenceOf(reading.emotion, turn);
  return reading;
}

}  // namespace hotline::classification
