// Trains the heads: classification_train VERSION TURN_EMOTIONS.tsv KINDS.tsv MODELS CALLS.jsonl...
// (training/README.md).
#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <map>
#include <numeric>
#include <random>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "classification/domain/cues.h"
#include "classification/domain/emotion.h"
#include "classification/domain/slot_candidates.h"
#include "language/head_training.h"
#include "language/turn_features.h"

namespace hotline::classification {
namespace {

using language::Features;
using language::LabelledTurns;
using language::LinearHead;
using nlohmann::json;

constexpr std::size_t kFolds = 5;
constexpr language::Fit kTrendFit{.decay = .05};
constexpr language::Fit kSlotFit{.decay = 3e-2};

Features WordsOf(std::string_view turn) { return language::FeaturesOf(turn, SpokenCues()); }

/// A labelled call: its turns, and the feelings of the caller's in their order.
struct LabelledCall {
  std::vector<Turn> turns;
  std::vector<std::string> emotions;
  std::vector<std::string> kinds;
  std::string when;  ///< As spoken; empty when nothing was said.
  std::string where;
};

std::string SlotOf(const json& call, const char* name) {
  const json& slot = call.at("expected").at("slots").at(name);
  return slot.is_null() ? std::string{} : slot.get<std::string>();
}

/// The calls of the files named after it do not teach slots: their authors chose the time and the place otherwise.
constexpr std::string_view kWithoutSlots = "--without-slots";

std::vector<LabelledCall> ReadCalls(std::span<char* const> files) {
  std::vector<LabelledCall> calls;
  bool slots = true;
  for (const std::string_view file : files) {
    if (file == kWithoutSlots) {
      slots = false;
      continue;
    }
    std::ifstream in{std::string{file}};
    if (!in) throw std::runtime_error(std::string{file} + " cannot be read");
    for (std::string line; std::getline(in, line);) {
      const json call = json::parse(line);
      LabelledCall& read = calls.emplace_back();
      read.kinds = call.at("expected").at("kinds");
      if (slots) {
        read.when = SlotOf(call, "when");
        read.where = SlotOf(call, "address");
      }
      const platform::Time started = *platform::ParseTime(call.at("started_at").get<std::string>());
      for (const json& said : call.at("turns")) {
        Turn turn;
        turn.number = static_cast<int>(read.turns.size()) + 1;
        turn.speaker = said.at("speaker") == "agent" ? Speaker::kAgent : Speaker::kCaller;
        turn.text = said.at("text");
        turn.said_at = started;
        if (turn.speaker == Speaker::kCaller)
          read.emotions.push_back(call.at("expected").at("emotions").at(std::to_string(turn.number)));
        read.turns.push_back(std::move(turn));
      }
    }
  }
  return calls;
}

/// A fold for each call: the turns of one are never on both sides.
std::vector<std::size_t> Folds(std::size_t calls) {
  std::vector<std::size_t> order(calls);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937{7});
  std::vector<std::size_t> folds(calls);
  for (std::size_t i = 0; i < calls; ++i) folds[order[i]] = i % kFolds;
  return folds;
}

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

void Write(const LinearHead& head, const std::string& file) {
  std::ofstream out{file};
  head.Write(out);
  if (!out.good()) throw std::runtime_error(file + " cannot be written");
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
  Write(language::TrainHead(version, all), models + "/turn_emotion.tsv");
  Write(language::TrainScaledHead(version, trend, kTrendFit), models + "/emotion_trend.tsv");
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
  Write(language::TrainHead(version, rows), models + "/case_kind.tsv");
}

using ReadCandidates = std::vector<SlotCandidate> (*)(std::span<const Turn>);

/// As the judge of calls has it: one within the other, and neither twice as long.
bool SaysTheSame(const std::string& said, const std::string& gold) {
  const bool within = said.find(gold) != std::string::npos || gold.find(said) != std::string::npos;
  return within && gold.size() <= 2 * said.size() && said.size() <= 2 * gold.size();
}

/// Every candidate of the calls in which something was said; which of them it is.
LabelledTurns SlotRows(const std::vector<LabelledCall>& calls, ReadCandidates candidates_of,
                       std::string LabelledCall::*said) {
  LabelledTurns rows{{kTheOne, kAnother}, {}};
  for (const LabelledCall& call : calls) {
    if ((call.*said).empty()) continue;
    for (SlotCandidate& candidate : candidates_of(call.turns)) {
      const bool one = SaysTheSame(candidate.slot.words, call.*said);
      rows.examples.push_back({one ? 0U : 1U, std::move(candidate.features)});
    }
  }
  return rows;
}

/// Of all that was said: how often a head that has not seen the call chooses rightly, and how often it could.
void JudgeSlot(const std::vector<LabelledCall>& calls, ReadCandidates candidates_of, std::string LabelledCall::*said,
               const char* name) {
  const std::vector<std::size_t> folds = Folds(calls.size());
  int of = 0;
  int right = 0;
  int possible = 0;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    std::vector<LabelledCall> others;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (folds[i] != fold) others.push_back(calls[i]);
    }
    const LinearHead head = language::TrainHead("fold", SlotRows(others, candidates_of, said), kSlotFit);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const std::string& gold = calls[i].*said;
      if (folds[i] != fold || gold.empty()) continue;
      const std::vector<SlotCandidate> candidates = candidates_of(calls[i].turns);
      const SlotCandidate* chosen = Surest(candidates, head);
      ++of;
      right += chosen != nullptr && SaysTheSame(chosen->slot.words, gold);
      possible += std::any_of(candidates.begin(), candidates.end(),
                              [&](const SlotCandidate& one) { return SaysTheSame(one.slot.words, gold); });
    }
  }
  std::cout << name << ": chosen on five folds " << right << " of " << of << ", among the candidates " << possible
            << std::endl;
}

void TrainSlot(const std::string& version, const std::vector<LabelledCall>& calls, ReadCandidates candidates_of,
               std::string LabelledCall::*said, const char* name, const std::string& models) {
  JudgeSlot(calls, candidates_of, said, name);
  Write(language::TrainHead(version, SlotRows(calls, candidates_of, said), kSlotFit),
        models + "/slot_" + name + ".tsv");
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
  if (argc < 6) {
    std::cerr << "usage: classification_train VERSION TURN_EMOTIONS.tsv KINDS.tsv MODELS CALLS.jsonl... "
                 "[--without-slots CALLS.jsonl...]\n";
    return 2;
  }
  try {
    const std::vector<LabelledCall> calls = ReadCalls(std::span{argv, static_cast<std::size_t>(argc)}.subspan(5));
    TrainEmotions(argv[1], ReadRows(argv[2]), calls, argv[4]);
    TrainKinds(argv[1], ReadRows(argv[3]), calls, argv[4]);
    TrainSlot(argv[1], calls, TimeCandidates, &LabelledCall::when, "when", argv[4]);
    TrainSlot(argv[1], calls, PlaceCandidates, &LabelledCall::where, "where", argv[4]);
  } catch (const std::exception& wrong) {
    std::cerr << wrong.what() << '\n';
    return 1;
  }
  return 0;
}
