#include "escalation/domain/hard_rules.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <absl/strings/str_replace.h>
#include <nlohmann/json.hpp>

#include "escalation/domain/embedded_data.h"
#include "language/patterns.h"
#include "language/term_finder.h"
#include "language/text.h"

namespace hotline::escalation {
namespace {

using language::Pattern;
using nlohmann::json;

/// Characters. What is shorter is written while it happens, as if it were spoken; what is longer is a letter.
constexpr std::size_t kLongestMessage = 60;

/// A rule: what is said, and what shows in the same turn that it is not meant.
struct Rule {
  std::string code;
  Pattern says;
  std::optional<Pattern> harmless;
  std::optional<Pattern> harmless_before;  ///< What the caller said earlier that explains it.
  /// What a letter must say in the same sentence: whoever writes of an accident mostly writes of one that is over.
  std::optional<Pattern> in_a_letter;
};

/// What says nothing alone: one of the signs that add up.
struct Sign {
  std::string code;
  Pattern says;
};

/// Signs that add up: so many of them, of different codes, are as plain as a word.
struct Implied {
  std::string code;
  std::size_t needs = 2;
  std::optional<Pattern> harmless;  ///< What shows that a turn's signs are not meant.
  std::vector<Sign> signs;
};

/// data/hard_rules.json, compiled. In its expressions <NAME> is a block, <s20> up to 20 characters of one sentence,
/// <c8> up to 8 of one clause.
struct RuleBook {
  std::vector<Rule> rules;
  std::vector<Implied> implied;
  Pattern not_meant;
  Pattern of_a_report;
  language::TermFinder harmless_words;
};

/// Any of `expressions`.
Pattern Compile(const json& expressions, const json& blocks) {
  std::string any;
  for (const json& expression : expressions) {
    any += (any.empty() ? "(?:" : "|(?:") + expression.get<std::string>() + ")";
  }
  for (const auto& [name, block] : blocks.items()) {
    any = absl::StrReplaceAll(any, {{"<" + name + ">", block.get<std::string>()}});
  }
  constexpr int kLongestGap = 40;
  for (int n = 1; n <= kLongestGap; ++n) {
    const std::string number = std::to_string(n);
    any = absl::StrReplaceAll(any, {{"<s" + number + ">", "[^。！？!?]{0," + number + "}"},
                                    {"<c" + number + ">", "[^，。！？,!?]{0," + number + "}"}});
  }
  return Pattern{any};
}

RuleBook Read(std::string_view text) {
  const json file = json::parse(text);
  const json& blocks = file.at("blocks");
  RuleBook book{.rules = {},
                .implied = {},
                .not_meant = Compile(file.at("not_meant"), blocks),
                .of_a_report = Compile(file.at("of_a_report"), blocks),
                .harmless_words = {}};
  const auto optional = [&](const json& from, const char* key) {
    const auto found = from.find(key);
    return found == from.end() ? std::nullopt : std::optional{Compile(*found, blocks)};
  };
  for (const json& rule : file.at("rules")) {
    book.rules.push_back({rule.at("code"), Compile(rule.at("says"), blocks), Compile(rule.at("harmless"), blocks),
                          optional(rule, "harmless_before"), optional(rule, "in_a_letter")});
  }
  for (const json& one : file.at("implied")) {
    Implied implied{
        .code = one.at("code"), .needs = one.at("needs"), .harmless = optional(one, "harmless"), .signs = {}};
    for (const json& sign : one.at("signs"))
      implied.signs.push_back({sign.at("code"), Compile(sign.at("says"), blocks)});
    book.implied.push_back(std::move(implied));
  }
  for (const json& word : file.at("harmless_words")) book.harmless_words.Add(word.get<std::string>());
  return book;
}

const RuleBook& Book() {
  static const RuleBook book = Read(embedded::hard_rules);
  return book;
}

/// Somebody whose report may have leaked said earlier, or the case history shows, that it was a report.
bool IsAboutAReport(const CallOpening& opening, std::span<const HeardTurn> turns) {
  const auto of_history = [](const EarlierCase& earlier) {
    return earlier.kind == CaseKind::kReport || Book().of_a_report.Matches(earlier.summary);
  };
  if (std::any_of(opening.history.begin(), opening.history.end(), of_history)) return true;
  return std::any_of(turns.begin(), turns.end(),
                     [](const HeardTurn& heard) { return Book().of_a_report.Matches(heard.turn.text); });
}

bool WasExplained(const Rule& rule, std::span<const HeardTurn> earlier) {
  return rule.harmless_before && std::any_of(earlier.begin(), earlier.end(), [&](const HeardTurn& heard) {
           return heard.turn.speaker == Speaker::kCaller && rule.harmless_before->Matches(heard.turn.text);
         });
}

/// The sentence of `text` in which `at` lies.
std::string_view SentenceAt(std::string_view text, std::size_t at) {
  for (const language::Span& sentence : language::Sentences(text)) {
    if (at < sentence.end) return sentence.In(text);
  }
  return text;
}

/// The words of `turn` that `rule` finds; empty when it finds none or they are not meant.
std::string WordsOf(const Rule& rule, const Turn& turn, const std::string& meant, bool letter) {
  std::vector<Pattern::Span> spans = rule.says.FindAll(meant);
  if (letter && rule.in_a_letter)
    std::erase_if(spans,
                  [&](const Pattern::Span& span) { return !rule.in_a_letter->Matches(SentenceAt(meant, span.at)); });
  if (spans.empty() || (rule.harmless && rule.harmless->Matches(meant))) return {};
  return turn.text.substr(spans.front().at, spans.front().words.size());
}

struct FoundSign {
  std::string_view code;
  std::string words;
};

/// A caller's turn whose signs may be meant.
struct Hinting {
  const Turn* turn;
  std::string meant;  ///< WithoutHarmlessWords()
};

std::vector<Hinting> HintingTurns(std::span<const HeardTurn> turns) {
  std::vector<Hinting> hinting;
  for (const HeardTurn& heard : turns) {
    if (heard.turn.speaker != Speaker::kCaller) continue;
    std::string meant = WithoutHarmlessWords(heard.turn.text);
    if (!Book().not_meant.Matches(meant)) hinting.push_back({&heard.turn, std::move(meant)});
  }
  return hinting;
}

std::vector<FoundSign> SignsIn(const Hinting& hinting, const Implied& implied) {
  std::vector<FoundSign> found;
  const auto& [turn, meant] = hinting;
  if (implied.harmless && implied.harmless->Matches(meant)) return found;
  for (const Sign& sign : implied.signs) {
    const std::vector<Pattern::Span> spans = sign.says.FindAll(meant);
    if (!spans.empty()) found.push_back({sign.code, turn->text.substr(spans.front().at, spans.front().words.size())});
  }
  return found;
}

/// Over however many turns; one of the signs must be of the last.
void AddImplied(const Implied& implied, std::span<const Hinting> turns, std::vector<Evidence>& found) {
  const std::vector<FoundSign> now = SignsIn(turns.back(), implied);
  if (now.empty()) return;
  std::set<std::string_view> codes;
  for (const Hinting& hinting : turns) {
    for (const FoundSign& one : SignsIn(hinting, implied)) codes.insert(one.code);
  }
  if (codes.size() < implied.needs) return;
  for (const FoundSign& one : now) found.push_back({implied.code, one.words, turns.back().turn->number});
}

}  // namespace

std::string WithoutHarmlessWords(std::string_view text) {
  constexpr std::string_view kAnyCharacter = "某";  // Three bytes, like the characters it stands for.
  std::string without{text};
  for (const language::TermFinder::Hit& hit : Book().harmless_words.Find(text)) {
    const std::size_t bytes = Book().harmless_words.Term(hit.term).size();
    for (std::size_t i = 0; i < bytes; ++i) without[hit.at + i] = kAnyCharacter[i % kAnyCharacter.size()];
  }
  return without;
}

std::vector<Evidence> FindHardRules(const CallOpening& opening, std::span<const HeardTurn> turns) {
  std::vector<Evidence> found;
  if (turns.empty() || turns.back().turn.speaker != Speaker::kCaller) return found;
  const Turn& turn = turns.back().turn;
  const std::string meant = WithoutHarmlessWords(turn.text);
  const bool letter = opening.message && language::CountCharacters(turn.text) > kLongestMessage;
  for (const Rule& rule : Book().rules) {
    std::string words = WordsOf(rule, turn, meant, letter);
    if (words.empty() || (rule.code == "INFORMANT_LEAK" && !IsAboutAReport(opening, turns))) continue;
    if (WasExplained(rule, turns.first(turns.size() - 1))) continue;
    found.push_back({rule.code, std::move(words), turn.number});
  }

  const std::vector<Hinting> hinting = HintingTurns(turns);
  if (hinting.empty() || hinting.back().turn != &turn) return found;
  for (const Implied& implied : Book().implied) AddImplied(implied, hinting, found);
  return found;
}

}  // namespace hotline::escalation
