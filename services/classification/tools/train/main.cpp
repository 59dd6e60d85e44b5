// Trains the heads of the service (training/README.md).
#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "classification/domain/cues.h"
#include "classification/domain/emotion.h"
#include "classification/tools/train/labelled_calls.h"
#include "classification/tools/train/slots.h"
#include "language/head_training.h"
#include "language/turn_features.h"

namespace hotline::classification {
namespace {

using language::Features;
using language::LabelledTurns;
using language::LinearHead;

constexpr language::Fit kTrendFit{.decay = .05};

Features WordsOf(std::string_view turn) { return language::FeaturesOf(turn, SpokenCues()); }

void Add(const std::string& label, Features features, LabelledTurns& turns) {
  auto found = std::find(turns.labels.begin(), turns.labels.end(), label);
  if (found == turns.labels.end()) found = turns.labels.insert(turns.labels.end(), label);
  turns.examples.push_back({static_cast<std::size_t>(found - turns.labels.begin()), std::move(features)});
}

void AddCall(const LabelledCall& call, LabelledTurns& turns) {
  std::size_t caller = 0;
  for (const Turn& turn : call.turns) {
    if (turn.speaker == Speaker::kCaller) Add(call.emotions[caller++], WordsOf(turn.text), turns);
  }
}

/// What the trend head is trained on in one call, read by a head over the words that has not seen it.
void AddTrend(const LabelledCall& call, const EmotionReader& words, LabelledTurns& turns) {
  std::vector<Families> read;
  for (std::size_t i = 0; i < call.turns.size(); ++i) {
    if (call.turns[i].speaker != Speaker::kCaller) continue;
    read.push_back(FamiliesOf(words.WordsAlone(call.turns[i])));
    const Emotion emotion = *language::EmotionFromName(call.emotions[read.size() - 1]);
    Add(std::string{Name(FamilyOf(emotion))}, TrendFeatures(std::span{call.turns}.first(i + 1), read), turns);
  }
}

LinearHead NoTrend() { return {"", {std::string{Name(Family::kCalm)}}}; }

double MacroF1(const std::vector<std::array<std::size_t, 2>>& gold_and_said) {
  std::array<double, kFamilies> right{};
  std::array<double, kFamilies> of{};
  for (const auto& [gold, said] : gold_and_said) {
    right[gold] += gold == said;
    ++of[gold];
    ++of[said];
  }
  double sum = 0;
  for (std::size_t i = 0; i < kFamilies; ++i) sum += of[i] > 0 ? 2 * right[i] / of[i] : 0;
  return sum / static_cast<double>(kFamilies);
}

/// How the two heads do on calls that neither has seen.
double Judge(const std::vector<LabelledTurns>& trend_of_fold) {
  std::vector<std::array<std::size_t, 2>> gold_and_said;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    LabelledTurns others;
    for (std::size_t other = 0; other < kFolds; ++other) {
      if (other == fold) continue;
      for (const auto& example : trend_of_fold[other].examples)
        Add(trend_of_fold[other].labels[example.label], example.features, others);
    }
    const LinearHead head = language::TrainScaledHead("fold", others, kTrendFit);
    for (const auto& example : trend_of_fold[fold].examples) {
      const std::vector<double> scores = head.Scores(example.features);
      const auto said = static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
      gold_and_said.push_back({Index(*FamilyFromName(trend_of_fold[fold].labels[example.label])),
                               Index(*FamilyFromName(head.labels()[said]))});
    }
  }
  return MacroF1(gold_and_said);
}

void TrainEmotions(const std::string& version, const LabelledTurns& rows, const std::vector<LabelledCall>& calls,
                   const std::string& models) {
  const std::vector<std::size_t> folds = Folds(calls.size());
  std::vector<LabelledTurns> trend_of_fold(kFolds);
  LabelledTurns all = rows;
  LabelledTurns trend;
  for (const LabelledCall& call : calls) AddCall(call, all);
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    LabelledTurns others = rows;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (folds[i] != fold) AddCall(calls[i], others);
    }
    const EmotionReader words{language::TrainHead("fold", others), NoTrend()};
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (folds[i] != fold) continue;
      AddTrend(calls[i], words, trend_of_fold[fold]);
      AddTrend(calls[i], words, trend);
    }
  }
  std::cout << "emotions: " << all.examples.size() << " turns; five families on five folds of " << calls.size()
            << " calls, macro-F1 " << Judge(trend_of_fold) << std::endl;
  language::WriteHead(language::TrainHead(version, all), models + "/turn_emotion.tsv");
  language::WriteHead(language::TrainScaledHead(version, trend, kTrendFit), models + "/emotion_trend.tsv");
}

/// A call of one kind shows how such calls begin.
void AddOpenings(const std::vector<LabelledCall>& calls, LabelledTurns& turns) {
  for (const LabelledCall& call : calls) {
    if (call.kinds.size() != 1) continue;
    const auto first = std::find_if(call.turns.begin(), call.turns.end(),
                                    [](const Turn& turn) { return turn.speaker == Speaker::kCaller; });
    if (first == call.turns.end()) continue;
    Features features = WordsOf(first->text);
    features.emplace_back("#speaker_c", 1.0F);
    Add(call.kinds.front(), std::move(features), turns);
  }
}

void TrainKinds(const std::string& version, LabelledTurns rows, const std::vector<LabelledCall>& calls,
                const std::string& models) {
  AddOpenings(calls, rows);
  const auto probabilities = language::CrossValidate(rows);
  std::size_t right = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const auto top = std::max_element(probabilities[i].begin(), probabilities[i].end());
    right += static_cast<std::size_t>(top - probabilities[i].begin()) == rows.examples[i].label;
  }
  std::cout << "kinds: " << rows.examples.size() << " turns, accuracy on five folds "
            << static_cast<double>(right) / static_cast<double>(rows.examples.size()) << std::endl;
  language::WriteHead(language::TrainHead(version, rows), models + "/case_kind.tsv");
}

LabelledTurns ReadRows(const char* file) {
  std::ifstream in{file};
  if (!in) throw std::runtime_error(std::string{file} + " cannot be read");
  return language::ReadLabelledTurns(in, WordsOf);
}

}  // namespace
}  // namespace hotline::classification

int main(int argc, char** argv) {
  using namespace hotline::classification;
  const std::span<char* const> arguments{argv, static_cast<std::size_t>(argc)};
  const std::string_view what = argc > 6 ? arguments[1] : "";
  if (what != "turns" && what != "slots") {
    std::cerr << "usage: classification_train turns VERSION TURN_EMOTIONS.tsv KINDS.tsv MODELS CALLS.jsonl...\n"
                 "       classification_train slots VERSION PLACES.tsv PLACE_TURNS.txt MODELS CALLS.jsonl...\n";
    return 2;
  }
  try {
    const std::string version = arguments[2];
    const std::string models = arguments[5];
    const std::vector<LabelledCall> calls = ReadCalls(arguments.subspan(6));
    if (what == "turns") {
      TrainEmotions(version, ReadRows(arguments[3]), calls, models);
      TrainKinds(version, ReadRows(arguments[4]), calls, models);
    } else {
      TrainSlots(version, calls, ReadPlaces(arguments[3], calls), ReadMarkedTurns(arguments[4]), models);
    }
  } catch (const std::exception& wrong) {
    std::cerr << wrong.what() << '\n';
    return 1;
  }
  return 0;
}
