#include "classification/tools/train/slots.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <stdexcept>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "classification/domain/slot_candidates.h"
#include "classification/domain/tagged_spans.h"
#include "language/characters.h"
#include "language/head_training.h"
#include "language/sequence_training.h"

namespace hotline::classification {
namespace {

using language::LabelledChoice;
using language::LabelledRow;
using language::LinearHead;
using language::SequenceTagger;

constexpr double kChoiceDecay = 1.5e-2;
constexpr int kTaggerPasses = 8;
constexpr std::size_t kBegins = 0;
constexpr std::size_t kGoesOn = 1;
constexpr std::size_t kNone = 2;

std::ifstream Open(const std::string& file) {
  std::ifstream in{file};
  if (!in) throw std::runtime_error(file + " cannot be read");
  return in;
}

/// Every character's features and label.
LabelledRow RowOf(const MarkedTurn& turn) {
  const auto characters = language::Characters(turn.text);
  LabelledRow row{CharacterFeatures(turn.text), std::vector<std::size_t>(characters.size(), kNone)};
  std::size_t after = 0;
  for (const std::string& words : turn.marked) {
    const std::size_t begin = turn.text.find(words, after);
    if (begin == std::string::npos) throw std::runtime_error(absl::StrCat("no ", words, " in: ", turn.text));
    after = begin + words.size();
    for (std::size_t i = 0; i < characters.size(); ++i) {
      const auto at = static_cast<std::size_t>(characters[i].data() - turn.text.data());
      if (at >= begin && at < after) row.labels[i] = at == begin ? kBegins : kGoesOn;
    }
  }
  return row;
}

/// The rows of all calls but those of one fold; of all where there is no such fold.
class SpanRows {
 public:
  SpanRows(std::span<const std::vector<MarkedTurn>> calls, std::span<const MarkedTurn> others) {
    for (const auto& call : calls) {
      auto& rows = calls_.emplace_back();
      for (const MarkedTurn& turn : call) rows.push_back(RowOf(turn));
    }
    for (const MarkedTurn& turn : others) others_.push_back(RowOf(turn));
  }

  [[nodiscard]] SequenceTagger Train(const std::string& version, std::span<const std::size_t> folds,
                                     std::size_t without) const {
    std::vector<const LabelledRow*> rows;
    const auto add = [&rows](const std::vector<LabelledRow>& some) {
      for (const LabelledRow& row : some) rows.push_back(&row);
    };
    add(others_);
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (folds[i] != without) add(calls_[i]);
    }
    return language::TrainTagger(version, {kSpanBegins, kSpanGoesOn, kNoSpan}, rows, kTaggerPasses);
  }

 private:
  std::vector<std::vector<LabelledRow>> calls_;
  std::vector<LabelledRow> others_;
};

/// As the judge of calls has it: one within the other, and neither twice as long.
bool SaysTheSame(const std::string& said, const std::string& gold) {
  const bool within = said.find(gold) != std::string::npos || gold.find(said) != std::string::npos;
  return within && gold.size() <= 2 * said.size() && said.size() <= 2 * gold.size();
}

/// What could be chosen in each call in which something was said, and what should be.
struct SlotChoices {
  std::vector<LabelledChoice> choices;
  std::vector<std::vector<SlotCandidate>> candidates;
  std::vector<std::size_t> folds;
  int silent = 0;  ///< Calls in which nothing was said,
  int filled = 0;  ///< and of them those that get something all the same.

  void Add(std::vector<SlotCandidate> some, const std::string& gold, std::size_t fold) {
    if (gold.empty()) {
      ++silent;
      filled += !some.empty();
      return;
    }
    LabelledChoice& choice = choices.emplace_back();
    for (const SlotCandidate& one : some) {
      choice.options.push_back(one.features);
      choice.right.push_back(SaysTheSame(one.slot.words, gold));
    }
    candidates.push_back(std::move(some));
    folds.push_back(fold);
  }
};

/// How often a head that has not seen the call chooses rightly, and how often it could.
void Judge(const SlotChoices& all, const char* name) {
  int right = 0;
  int possible = 0;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    std::vector<LabelledChoice> others;
    for (std::size_t i = 0; i < all.choices.size(); ++i) {
      if (all.folds[i] != fold) others.push_back(all.choices[i]);
    }
    const LinearHead head = language::TrainChoice("fold", kTheOne, others, kChoiceDecay);
    for (std::size_t i = 0; i < all.choices.size(); ++i) {
      if (all.folds[i] != fold) continue;
      const std::vector<bool>& is_right = all.choices[i].right;
      const SlotCandidate* chosen = Surest(all.candidates[i], head);
      right += chosen != nullptr && is_right[static_cast<std::size_t>(chosen - all.candidates[i].data())];
      possible += std::find(is_right.begin(), is_right.end(), true) != is_right.end();
    }
  }
  std::cout << name << ": chosen on five folds " << right << " of " << all.choices.size() << ", among the candidates "
            << possible << "; where nothing was said, filled in " << all.filled << " of " << all.silent << std::endl;
}

void JudgeAndWrite(const std::string& version, const SlotChoices& all, const char* name, const std::string& models) {
  Judge(all, name);
  language::WriteHead(language::TrainChoice(version, kTheOne, all.choices, kChoiceDecay),
                      absl::StrCat(models, "/slot_", name, ".tsv"));
}

/// The time of the matter where it stands, and all that is said in one of the usual ways beside it.
MarkedTurn TimesOf(const Turn& turn, const std::string& when) {
  std::map<std::size_t, std::string> spans;
  const std::size_t told = when.empty() ? std::string::npos : turn.text.find(when);
  if (told != std::string::npos) spans[told] = when;
  for (const SpokenTime& time : TimesIn(turn.text, turn.said_at)) {
    const bool apart =
        told == std::string::npos || time.at + time.words.size() <= told || told + when.size() <= time.at;
    if (apart) spans[time.at] = time.words;
  }
  MarkedTurn marked{turn.text, {}};
  for (auto& [at, words] : spans) marked.marked.push_back(std::move(words));
  return marked;
}

/// Every caller's turn of each call.
std::vector<std::vector<MarkedTurn>> TimesOf(std::span<const LabelledCall> calls) {
  std::vector<std::vector<MarkedTurn>> marked;
  for (const LabelledCall& call : calls) {
    auto& some = marked.emplace_back();
    for (const Turn& turn : call.turns) {
      if (turn.speaker == Speaker::kCaller) some.push_back(TimesOf(turn, call.when));
    }
  }
  return marked;
}

}  // namespace

std::vector<std::vector<MarkedTurn>> ReadPlaces(const std::string& file, std::span<const LabelledCall> calls) {
  std::vector<std::vector<MarkedTurn>> marked;
  std::map<std::pair<std::string, int>, MarkedTurn*> turns;
  for (const LabelledCall& call : calls) {
    auto& some = marked.emplace_back();
    some.reserve(call.turns.size());  // So that they stay where they are.
    for (const Turn& turn : call.turns) {
      if (turn.speaker == Speaker::kCaller)
        turns[{call.id, turn.number}] = &some.emplace_back(MarkedTurn{turn.text, {}});
    }
  }
  std::ifstream in = Open(file);
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> columns = absl::StrSplit(line, '\t');
    int number = 0;
    const bool told = columns.size() == 3 && absl::SimpleAtoi(columns[1], &number);
    const auto turn = told ? turns.find({columns[0], number}) : turns.end();
    if (turn == turns.end()) throw std::runtime_error(absl::StrCat(file, ": no caller's turn is meant by: ", line));
    turn->second->marked.push_back(columns[2]);
  }
  return marked;
}

std::vector<MarkedTurn> ReadMarkedTurns(const std::string& file) {
  static constexpr std::string_view kOpens = "【";
  static constexpr std::string_view kCloses = "】";
  std::vector<MarkedTurn> turns;
  std::ifstream in = Open(file);
  for (std::string line; std::getline(in, line);) {
    MarkedTurn turn;
    std::string_view rest = line;
    for (std::size_t opens; (opens = rest.find(kOpens)) != std::string_view::npos;) {
      const std::size_t closes = rest.find(kCloses, opens);
      if (closes == std::string_view::npos) throw std::runtime_error(file + ": a place does not end in: " + line);
      const std::string_view place = rest.substr(opens + kOpens.size(), closes - opens - kOpens.size());
      turn.text += rest.substr(0, opens);
      turn.text += place;
      turn.marked.emplace_back(place);
      rest.remove_prefix(closes + kCloses.size());
    }
    turn.text += rest;
    turns.push_back(std::move(turn));
  }
  return turns;
}

void TrainSlots(const std::string& version, std::span<const LabelledCall> calls,
                std::span<const std::vector<MarkedTurn>> places, std::span<const MarkedTurn> others,
                const std::string& models) {
  const std::vector<std::size_t> folds = Folds(calls.size());
  const SpanRows place_rows{places, others};
  const std::vector<std::vector<MarkedTurn>> times = TimesOf(calls);
  const SpanRows time_rows{times, {}};
  SlotChoices when;
  SlotChoices where;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    const PlaceFinder place_finder{place_rows.Train("fold", folds, fold)};
    const TimeFinder time_finder{time_rows.Train("fold", folds, fold)};
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (folds[i] != fold) continue;
      const LabelledCall& call = calls[i];
      when.Add(TimeCandidates(call.turns, time_finder), call.when, fold);
      where.Add(PlaceCandidates(call.turns, place_finder), call.where, fold);
    }
  }
  JudgeAndWrite(version, when, "when", models);
  JudgeAndWrite(version, where, "where", models);
  language::WriteHead(place_rows.Train(version, folds, kFolds).head(), models + "/place.tsv");
  language::WriteHead(time_rows.Train(version, folds, kFolds).head(), models + "/time.tsv");
}

}  // namespace hotline::classification
