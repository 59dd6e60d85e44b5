#include "knowledge/app/advisor.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <absl/strings/str_cat.h>

#include "language/text.h"
#include "platform/time.h"

namespace hotline::knowledge {
namespace {

/// The question as somebody reads it who has to write the article. A word or two ("要多久？") are told by the matter;
/// nothing where nobody knows even what they are about.
std::string GapOf(const SpokenTurn& turn) {
  constexpr std::size_t kStandsAlone = 6;  // With its mark: "户口怎么迁？".
  std::string_view question = turn.question;
  if (question.starts_with(turn.region)) question.remove_prefix(turn.region.size());
  if (language::CountCharacters(question) >= kStandsAlone) return std::string{question};
  return turn.matter.empty() ? std::string{} : absl::StrCat(turn.matter, "：", std::string{question});
}

/// Several remarks as one line.
void Remark(std::string_view remark, std::string& note) {
  if (!remark.empty()) absl::StrAppend(&note, note.empty() ? "" : "；", std::string{remark});
}

}  // namespace

absl::Status Advisor::Advise(Transaction& tx, const SpokenTurn& turn) const {
  Advice advice{.call_id = turn.call_id, .site = turn.site, .turn = turn.turn, .said_at = turn.said_at};
  if (!turn.question.empty()) {
    AnswerQuestion(tx, turn, advice);
  } else {
    advice.knowledge_version = library_.Freshen().knowledge_version;
  }
  SuggestPhrase(tx, turn, advice);
  events_.Given(tx, advice);
  return absl::OkStatus();
}

std::optional<Answered> Advisor::AnswerOfMatter(const SpokenTurn& turn, const Day& day) const {
  if (turn.matter.empty() || !SeeksFacts(turn)) return std::nullopt;
  Answered answered = answerer_.Ask({turn.matter, turn.region, day});
  if (answered.choice.answer)
    answered.choice.note = absl::StrCat("按事项“", turn.matter, "”查得，请核对是否所问",
                                        answered.choice.note.empty() ? "" : "；", answered.choice.note);
  return answered;
}

void Advisor::AnswerQuestion(Transaction& tx, const SpokenTurn& turn, Advice& advice) const {
  const Day day = platform::FormatTime(turn.said_at).substr(0, 10);
  Answered answered = answerer_.Ask({turn.question, turn.region, day});
  advice.question = turn.question;
  advice.knowledge_version = answered.freshness.knowledge_version;
  std::optional<Answered> of_matter;
  if (!answered.choice.answer) of_matter = AnswerOfMatter(turn, day);
  if (of_matter && of_matter->choice.answer) {
    const std::vector<std::string> served = table_.ServedIn(tx, turn.call_id);
    if (std::find(served.begin(), served.end(), of_matter->choice.answer->article.id) != served.end()) return;
    answered = *std::move(of_matter);
  }
  const auto& [choice, freshness] = answered;
  if (choice.answer) {
    if (IsUpset(turn.emotion)) Remark("先安抚，再讲政策", advice.note);
    Remark(choice.note, advice.note);
    if (freshness.unconfirmed) {
      advice.unconfirmed_s = freshness.unconfirmed->count();
      Remark(absl::StrCat("知识库", *advice.unconfirmed_s, "秒前核对过，答复前请再确认"), advice.note);
    }
    advice.answer = choice.answer;
    const Article& article = choice.answer->article;
    table_.RecordServed(tx, {turn.call_id, turn.turn, turn.question, article.id, article.version,
                             turn.said_at.time_since_epoch().count(), NormalRegion(turn.region)});
    return;
  }
  if (choice.note.empty() && !SeeksFacts(turn)) return;
  Remark(choice.note.empty() ? "没有查到本地现行规定，不要凭记忆答复，请转主管部门" : choice.note, advice.note);
  advice.gap = GapOf(turn);
  if (advice.gap.empty()) return;
  table_.CountGap(tx, {.question = advice.gap,
                       .matter = turn.matter,
                       .region = NormalRegion(turn.region),
                       .reason = choice.reason,
                       .last_asked_ms = turn.said_at.time_since_epoch().count()});
}

void Advisor::SuggestPhrase(Transaction& tx, const SpokenTurn& turn, Advice& advice) const {
  const std::vector<std::string> situations = SituationsOf(turn);
  if (situations.empty()) return;
  const auto phrases = library_.phrases();
  const std::vector<std::string> suggested = table_.Suggested(tx, turn.call_id);
  for (const std::string& situation : situations) {
    for (Phrase& phrase : RankPhrases(*phrases, {situation, turn.emotion, AudiencesOf(turn.caller_tags)})) {
      if (std::find(suggested.begin(), suggested.end(), phrase.id) != suggested.end()) continue;
      table_.RememberSuggested(tx, turn.call_id, phrase.id);
      advice.phrase = std::move(phrase);
      return;
    }
  }
}

}  // namespace hotline::knowledge
