#include "escalation/domain/hard_rules.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "escalation/domain/rule_book.h"
#include "language/patterns.h"
#include "language/term_finder.h"
#include "language/text.h"

namespace hotline::escalation {
namespace {

using language::Pattern;

/// Characters. What is shorter is written while it happens, as if it were spoken; what is longer is a letter.
constexpr std::size_t kLongestMessage = 60;

/// Somebody whose report may have leaked said earlier, or the case history shows, that it was a report.
bool IsAboutAReport(const CallOpening& opening, std::span<const HeardTurn> turns) {
  const auto of_history = [](const EarlierCase& earlier) {
    return earlier.kind == CaseKind::kReport || RuleBook::Get().of_a_report.Matches(earlier.summary);
  };
  if (std::any_of(opening.history.begin(), opening.history.end(), of_history)) return true;
  return std::any_of(turns.begin(), turns.end(),
                     [](const HeardTurn& heard) { return RuleBook::Get().of_a_report.Matches(heard.turn.text); });
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
    if (!RuleBook::Get().not_meant.Matches(meant)) hinting.push_back({&heard.turn, std::move(meant)});
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

/// What the caller's last turn says in so many words.
void AddSaid(const CallOpening& opening, std::span<const HeardTurn> turns, std::vector<Evidence>& found) {
  const Turn& turn = turns.back().turn;
  const std::string meant = WithoutHarmlessWords(turn.text);
  const bool letter = opening.message && language::CountCharacters(turn.text) > kLongestMessage;
  for (const Rule& rule : RuleBook::Get().rules) {
    std::string words = WordsOf(rule, turn, meant, letter);
    if (words.empty() || (rule.code == "INFORMANT_LEAK" && !IsAboutAReport(opening, turns))) continue;
    if (WasExplained(rule, turns.first(turns.size() - 1))) continue;
    found.push_back({rule.code, std::move(words), turn.number});
  }
}

/// The agent's turn that `rule` is asked about: the last one, or the one that the last turn answers. Null: none.
const Turn* AskedOf(const OfAgent& rule, std::span<const HeardTurn> turns) {
  if (rule.answered) {
    const Turn& answer = turns.back().turn;
    if (answer.speaker != Speaker::kCaller || !rule.answered->Matches(answer.text)) return nullptr;
    turns = turns.first(turns.size() - 1);
  }
  return !turns.empty() && turns.back().turn.speaker == Speaker::kAgent ? &turns.back().turn : nullptr;
}

/// What shows that the agent has understood: whoever has heard it need not have said so in words that any rule knows.
void AddOfAgents(std::span<const HeardTurn> turns, std::vector<Evidence>& found) {
  for (const OfAgent& rule : RuleBook::Get().of_agents) {
    const Turn* const asked = AskedOf(rule, turns);
    if (asked == nullptr || rule.harmless.Matches(asked->text)) continue;
    const std::vector<Pattern::Span> spans = rule.says.FindAll(asked->text);
    if (!spans.empty()) found.push_back({rule.code, std::string{spans.front().words}, asked->number});
  }
}

}  // namespace

std::string WithoutHarmlessWords(std::string_view text) {
  constexpr std::string_view kAnyCharacter = "某";  // Three bytes, like the characters it stands for.
  std::string without{text};
  for (const language::TermFinder::Hit& hit : RuleBook::Get().harmless_words.Find(text)) {
    const std::size_t bytes = RuleBook::Get().harmless_words.Term(hit.term).size();
    for (std::size_t i = 0; i < bytes; ++i) without[hit.at + i] = kAnyCharacter[i % kAnyCharacter.size()];
  }
  return without;
}

std::vector<Evidence> FindHardRules(const CallOpening& opening, std::span<const HeardTurn> turns) {
  std::vector<Evidence> found;
  if (turns.empty()) return found;
  AddOfAgents(turns, found);
  if (turns.back().turn.speaker != Speaker::kCaller) return found;
  AddSaid(opening, turns, found);
  const std::vector<Hinting> hinting = HintingTurns(turns);
  if (hinting.empty() || hinting.back().turn != &turns.back().turn) return found;
  for (const Implied& implied : RuleBook::Get().implied) AddImplied(implied, hinting, found);
  return found;
}

}  // namespace hotline::escalation
