#include "classification/domain/slot_candidates.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include <absl/strings/str_cat.h>

#include "language/characters.h"
#include "language/patterns.h"
#include "language/text.h"

namespace hotline::classification {
namespace {

using language::Features;
using language::Pattern;

/// A call names a few times and places. Whoever sends one of a thousand turns is heard up to here.
constexpr std::size_t kMostCandidates = 200;
constexpr std::size_t kMostBytes = 30'000;

bool AsksWhere(std::string_view agent) {
  static const Pattern asks{
      "哪里|哪儿|哪个(?:小区|村|区|工地|学校|店|医院|地方|路|站|位置)|什么(?:位置|地方|地址)|地址|住哪|位置|哪家|"
      "哪一家|小区|在哪"};
  return asks.Matches(agent);
}

bool AsksWhen(std::string_view agent) {
  static const Pattern asks{"什么时候|哪天|几号|几点|多长时间了|多久了|时间"};
  return asks.Matches(agent);
}

/// When the hotline was told of it before is not when it happened: "六月份我打过一次".
bool IsOfAnEarlierCall(std::string_view text, std::size_t at, std::string_view words) {
  static const Pattern told{
      "^[^。！？!?]{0,10}?(?:打(?:过|的)?(?:一个|一次|你们)?电话|打过|报(?:过|的|了)|反映(?:过|的|了)|投诉(?:过|的)|"
      "举报过|登记|来过电话|那(?:个|张)?(?:单子|工单))"};
  static const Pattern was_told{"(?:打过|报过|反映过|投诉过|举报过)[^。！？!?]{0,8}$"};
  return told.Matches(text.substr(at + words.size())) || was_told.Matches(text.substr(0, at));
}

/// Says back, or writes down.
bool Writes(std::string_view agent) {
  static const Pattern writes{
      "确认|核对|核实|复述|重复|念|我写|记(?:一下|的是|录|成|为)?[：:，,]|登记[：:]|对吗|对吧|是吧|是吗"};
  return writes.Matches(agent);
}

/// The times that the agent says back or writes down.
std::vector<SpokenTime> TimesSaidBack(std::span<const Turn> turns) {
  std::vector<SpokenTime> times;
  for (const Turn& turn : turns) {
    if (turn.speaker != Speaker::kAgent || !Writes(turn.text)) continue;
    if (times.size() > kMostCandidates) break;
    std::ranges::move(TimesIn(turn.text, turn.said_at), std::back_inserter(times));
  }
  return times;
}

bool IsAmong(const std::vector<SpokenTime>& times, const SpokenTime& time) {
  return std::any_of(times.begin(), times.end(), [&](const SpokenTime& one) {
    return one.words == time.words || (!time.normal.empty() && one.normal == time.normal);
  });
}

/// Whether a later turn of the agent has its last two characters or more: "枣林路小学" for "青桥区枣林路小学".
bool SaidBack(std::span<const Turn> later, const SpokenPlace& place) {
  const auto characters = language::Characters(place.normal);
  if (characters.size() < 2) return false;
  const std::string end = absl::StrCat(std::string{characters[characters.size() - 2]}, std::string{characters.back()});
  return std::any_of(later.begin(), later.end(), [&](const Turn& turn) {
    return turn.speaker == Speaker::kAgent && turn.text.find(end) != std::string::npos;
  });
}

/// An agent who reads out an earlier case, or says the place back, names it for a caller who never does.
bool TellsWhereItIs(std::string_view agent) {
  static const Pattern tells{
      "单(?:子)?[，,]|工单|反映(?:的|过|了)?|投诉|您那|我(?:看|记|写|念|复述|确认|核对|登记)|查到"};
  return tells.Matches(agent);
}

bool LiesAhead(std::string_view words) {
  static const Pattern ahead{"^(?:明|后天|下个?(?:月|周|礼拜|星期))"};
  return ahead.Matches(words);
}

/// "N月N号": what it is made of, whatever the numbers.
std::string ShapeOf(std::string_view words) {
  static constexpr std::string_view kDigits = "0123456789一二三四五六七八九十两零〇半";
  std::string shape;
  for (const std::string_view c : language::Characters(words)) {
    const bool digit = kDigits.find(c) != std::string_view::npos;
    if (!digit) {
      shape += c;
    } else if (shape.empty() || shape.back() != 'N') {
      shape += 'N';
    }
  }
  return shape;
}

/// What tells of one candidate, as it is put together.
struct Described {
  void Is(std::string name) {
    if (name.find_first_of("\t\n\r") == std::string::npos) features.emplace_back(std::move(name), 1.0F);
  }
  void Is(bool holds, const char* name) {
    if (holds) features.emplace_back(name, 1.0F);
  }
  void Measures(const char* name, double value) { features.emplace_back(name, static_cast<float>(value)); }

  /// The characters on both sides, and the clause it stands in.
  void StandsIn(std::string_view text, std::size_t at, std::string_view words) {
    const auto before = language::Characters(text.substr(0, at));
    const auto after = language::Characters(text.substr(at + words.size()));
    const auto beside = [&](const char* side, const auto& characters, std::size_t first, std::size_t second) {
      Is(absl::StrCat(side, "1:", std::string{characters[first]}));
      if (characters.size() > 1)
        Is(absl::StrCat(side, "2:", std::string{characters[std::min(first, second)]},
                        std::string{characters[std::max(first, second)]}));
    };
    if (before.empty()) {
      Is("starts");
    } else {
      beside("l", before, before.size() - 1, before.size() - (before.size() > 1 ? 2 : 1));
    }
    if (after.empty()) {
      Is("ends");
    } else {
      beside("r", after, 0, after.size() > 1 ? 1 : 0);
    }
    Nearby("a", after, 0, 1);
    Nearby("b", before, std::ssize(before) - 1, -1);
    static const Pattern happened{"^[^。！？!?]{0,16}?(?:了|过)"};
    static const Pattern will{"^[^。！？!?，,]{0,8}?(?:要|会|能|得|可以|准备|打算)"};
    static const Pattern asked{"^[^。！!]{0,24}?[?？]"};
    const std::string_view rest = text.substr(at + words.size());
    Is(happened.Matches(rest), "happened");
    Is(will.Matches(rest), "will");
    Is(asked.Matches(rest), "asked");
  }

  /// Pairs of characters on one side, to the end of the clause.
  void Nearby(const char* side, const std::vector<std::string_view>& characters, std::ptrdiff_t first,
              std::ptrdiff_t step) {
    constexpr int kReach = 8;
    std::string_view last;
    for (std::ptrdiff_t i = first, n = 0; i >= 0 && i < std::ssize(characters) && n < kReach; i += step, ++n) {
      const std::string_view character = characters[static_cast<std::size_t>(i)];
      if (language::EndsAClause(character)) break;
      if (!last.empty()) {
        const std::string_view left = step > 0 ? last : character;
        const std::string_view right = step > 0 ? character : last;
        Is(absl::StrCat(side, ":", std::string{left}, std::string{right}));
      }
      last = character;
    }
  }

  Features features;
};

/// How a turn of the caller stands in the call.
struct Standing {
  const Turn* turn;
  std::string_view agent;  ///< What the agent said before it.
  int number;              ///< Among the caller's, from 0.
  bool longest;            ///< Where the story is told.
};

std::vector<Standing> CallerTurns(std::span<const Turn> turns) {
  std::vector<Standing> standings;
  std::size_t longest = 0;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < turns.size() && bytes < kMostBytes; ++i) {
    if (turns[i].speaker != Speaker::kCaller) continue;
    bytes += turns[i].text.size();
    const bool answers = i > 0 && turns[i - 1].speaker == Speaker::kAgent;
    standings.push_back({&turns[i], answers ? std::string_view{turns[i - 1].text} : std::string_view{},
                         static_cast<int>(standings.size()), false});
    longest = std::max(longest, turns[i].text.size());
  }
  for (Standing& standing : standings) standing.longest = standing.turn->text.size() == longest;
  return standings;
}

void Describe(const Standing& standing, std::size_t at, std::string_view words, Described& described) {
  described.Is(absl::StrCat("turn:", std::min(standing.number, 3)));
  described.Measures("late", .3 * standing.number);
  described.Is(standing.longest, "longest");
  described.Measures("length", .2 * static_cast<double>(language::CountCharacters(words)));
  described.StandsIn(standing.turn->text, at, words);
}

/// How a time or a place was found.
template <typename Spoken>
void DescribeFinding(const Spoken& spoken, Described& described) {
  described.Is(spoken.by_kind, "by_kind");
  described.Is(spoken.by_words, "by_words");
  described.Is(spoken.by_kind && spoken.by_words, "by_both");
  described.Is(!spoken.by_kind && !spoken.by_words, "by_boldness");
}

/// What a tagger leans against is of use beside what is surely a time or a place; alone it fills in what nobody said.
void ForgetGuesses(std::vector<SlotCandidate>& candidates) {
  if (std::none_of(candidates.begin(), candidates.end(), [](const SlotCandidate& one) { return one.sure; }))
    candidates.clear();
}

/// The first of all, the last, the fullest of those that say the same.
void Compare(std::vector<SlotCandidate>& candidates) {
  if (candidates.empty()) return;
  candidates.front().features.emplace_back("first", 1.0F);
  candidates.back().features.emplace_back("last", 1.0F);
  for (SlotCandidate& one : candidates) {
    const bool within = std::any_of(candidates.begin(), candidates.end(), [&](const SlotCandidate& other) {
      return other.slot.words.size() > one.slot.words.size() &&
             other.slot.words.find(one.slot.words) != std::string::npos;
    });
    const auto times = std::count_if(candidates.begin(), candidates.end(), [&](const SlotCandidate& other) {
      return other.slot.words.find(one.slot.words) != std::string::npos;
    });
    if (within) one.features.emplace_back("within", 1.0F);
    if (times > 1) one.features.emplace_back("again", 1.0F);
  }
}

constexpr double kSaidBack = .4;
constexpr double kEarlierCall = -.9;
constexpr double kFullPlace = 2;  ///< Of an agent's words only what has two parts is surely a place.

void AddPlaces(const Standing& standing, std::span<const Turn> turns, const PlaceFinder& finder, bool agents,
               std::vector<SlotCandidate>& candidates) {
  for (SpokenPlace& place : finder.PlacesIn(standing.turn->text)) {
    if (candidates.size() == kMostCandidates) return;
    Described described;
    Describe(standing, place.at, place.words, described);
    described.Measures("specificity", .5 * place.specificity);
    described.Is(AsksWhere(standing.agent), "asked_for");
    DescribeFinding(place, described);
    described.Is(agents && place.specificity >= kFullPlace, "agents_full");
    const auto later = turns.subspan(static_cast<std::size_t>(standing.turn - turns.data()) + 1);
    described.Is(!agents && SaidBack(later, place), "said_back");
    const auto characters = language::Characters(place.words);
    described.Is(absl::StrCat("e1:", std::string{characters.back()}));
    if (characters.size() > 1) {
      described.Is(absl::StrCat("e2:", std::string{characters[characters.size() - 2]}, std::string{characters.back()}));
      described.Is(absl::StrCat("b1:", std::string{characters.front()}));
    }
    candidates.push_back({{SlotName::kWhere, std::move(place.words), std::move(place.normal), standing.turn->number},
                          std::move(described.features),
                          place.by_kind || place.by_words});
  }
}

}  // namespace

std::vector<SlotCandidate> TimeCandidates(std::span<const Turn> turns, const TimeFinder& finder) {
  std::vector<SlotCandidate> candidates;
  const std::vector<SpokenTime> said_back_times = TimesSaidBack(turns);
  for (const Standing& standing : CallerTurns(turns)) {
    for (SpokenTime& time : finder.TimesIn(standing.turn->text, standing.turn->said_at)) {
      if (candidates.size() == kMostCandidates) break;
      Described described;
      Describe(standing, time.at, time.words, described);
      described.Is(absl::StrCat("kind:", std::lround(10 * time.weight) / 2));
      DescribeFinding(time, described);
      described.Is(AsksWhen(standing.agent), "asked_for");
      described.Is(LiesAhead(time.words), "ahead");
      const bool said_back = IsAmong(said_back_times, time);
      const bool earlier_call = IsOfAnEarlierCall(standing.turn->text, time.at, time.words);
      described.Is(said_back, "said_back");
      described.Is(earlier_call, "earlier_call");
      const std::string shape = ShapeOf(time.words);
      described.Is("s:" + shape);
      const auto characters = language::Characters(shape);
      for (std::size_t i = 1; i < characters.size(); ++i)
        described.Is(absl::StrCat("w:", std::string{characters[i - 1]}, std::string{characters[i]}));
      candidates.push_back({{SlotName::kWhen, std::move(time.words), std::move(time.normal), standing.turn->number},
                            std::move(described.features),
                            time.by_kind || time.by_words,
                            kSaidBack * said_back + kEarlierCall * earlier_call});
    }
  }
  ForgetGuesses(candidates);
  Compare(candidates);
  return candidates;
}

std::vector<SlotCandidate> PlaceCandidates(std::span<const Turn> turns, const PlaceFinder& finder) {
  std::vector<SlotCandidate> candidates;
  for (const Standing& standing : CallerTurns(turns)) AddPlaces(standing, turns, finder, false, candidates);
  ForgetGuesses(candidates);
  if (candidates.empty()) {
    for (const Turn& turn : turns) {
      if (turn.speaker == Speaker::kAgent && TellsWhereItIs(turn.text))
        AddPlaces({&turn, {}, 4, false}, turns, finder, true, candidates);
    }
  }
  Compare(candidates);
  return candidates;
}

const SlotCandidate* Surest(std::span<const SlotCandidate> candidates, const language::LinearHead& head) {
  const SlotCandidate* surest = nullptr;
  double best = 0;
  for (const SlotCandidate& candidate : candidates) {
    const double score = head.Scores(candidate.features).front() + candidate.rule;
    if (surest != nullptr && score <= best) continue;
    surest = &candidate;
    best = score;
  }
  return surest;
}

}  // namespace hotline::classification
