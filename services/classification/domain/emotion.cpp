#include "classification/domain/emotion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "classification/domain/cues.h"
#include "classification/domain/embedded_data.h"
#include "language/linear_model.h"
#include "language/text.h"
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

constexpr std::size_t kFamilies = 5;
using Families = std::array<double, kFamilies>;

constexpr std::size_t Index(Family family) { return static_cast<std::size_t>(family); }

/// What follows what, by family, whatever is said: in coarse steps, from how labelled calls go. Feelings stay, the calm
/// end in thanks, the angry rather give up than be content.
constexpr std::array<Families, kFamilies> kFollows = {{{.63, .04, .04, .07, .22},
                                                       {.28, .55, .08, .06, .05},
                                                       {.15, .02, .72, .09, .03},
                                                       {.24, .04, .11, .58, .05},
                                                       {.33, .01, .01, .02, .64}}};

/// Which feeling of its family it is, when nothing else is known; by number of the emotion.
constexpr Distribution kOfFamily = {1, .7, .25, .5, .45, .3, .2, .3, .2, .1, 1};

/// What the agent's words do to it: said back, a request is mostly confirmed; a formula or a closed door hurts.
constexpr Families kAfterPlain = {1, 1, 1, 1, 1.3};
constexpr Families kAfterSoothing = {1, 1, 1, 1, 1};
constexpr Families kAfterRestating = {1.5, 1, .6, .9, .3};
constexpr Families kAfterBrushingOff = {.4, 1, 2.5, 2.2, .3};

const Families& After(std::string_view agent) {
  constexpr std::size_t kShortestRestatement = 18;
  if (SpokenCues().Has("restate", agent) && language::CountCharacters(agent) > kShortestRestatement)
    return kAfterRestating;
  if (SpokenCues().Has("agent_soothes", agent)) return kAfterSoothing;
  if (SpokenCues().Has("agent_brushes_off", agent)) return kAfterBrushingOff;
  return kAfterPlain;
}

Distribution Prior(std::span<const double> before, std::string_view agent) {
  if (before.size() != kEmotions) return kFirstTurn;
  const Families& after = After(agent);
  Distribution prior{};
  for (const Emotion from : language::AllEmotions()) {
    for (const Emotion to : language::AllEmotions()) {
      const Family family = FamilyOf(to);
      const double same =
          FamilyOf(from) == family ? .5 * (kOfFamily[Index(to)] + (from == to ? 1 : 0)) : kOfFamily[Index(to)];
      prior[Index(to)] +=
          before[Index(from)] * kFollows[Index(FamilyOf(from))][Index(family)] * same * after[Index(family)];
    }
  }
  return prior;
}

/// The likeliest emotion of the likeliest family: several kinds of being upset do not lose to one calm.
Emotion Decide(std::span<const double> probabilities) {
  constexpr Families kBenefit = {.6, 1.4, 1, 1, 1};  ///< Of the doubt: an upset turn missed costs more than a calm one.
  Families families{};
  for (const Emotion emotion : language::AllEmotions()) {
    const std::size_t family = Index(FamilyOf(emotion));
    families[family] += probabilities[Index(emotion)] * kBenefit[family];
  }
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

EmotionReading EmotionReader::Read(const Turn& turn, std::span<const double> before, std::string_view agent) const {
  constexpr double kTrend = .8;  // How much the trend may say against the words.
  const Distribution prior = Prior(before, agent);
  const std::vector<double> words = head_.Scores(language::FeaturesOf(turn.text, SpokenCues()));
  std::vector<double> scores(kEmotions, -20.0);
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    scores[Index(labels_[i])] = words[i] + kTrend * std::log(prior[Index(labels_[i])] + 1e-6);
  }
  EmotionReading reading;
  reading.probabilities = language::Softmax(std::move(scores));
  reading.emotion = Decide(reading.probabilities);
  reading.confidence = reading.probabilities[Index(reading.emotion)];
  reading.evidence = EvidenceOf(reading.emotion, turn);
  return reading;
}

}  // namespace hotline::classification
