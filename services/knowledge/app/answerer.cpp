#include "knowledge/app/answerer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <absl/strings/str_cat.h>

namespace hotline::knowledge {
namespace {

constexpr std::size_t kCandidates = 8;  // What a choice is made among.
constexpr std::chrono::minutes kOld{5};
constexpr std::chrono::seconds kPatience{1};  // With another who looks for the same: a search takes milliseconds.

std::string FlightName(const ChoiceKey& key) {
  return absl::StrCat(key.knowledge_version, "\n", key.region, "\n", key.day, "\n", key.question);
}

}  // namespace

Answered Answerer::Ask(const Question& question) {
  Answered answered{.freshness = library_.Freshen()};
  if (answered.freshness.too_old) {
    answered.choice.reason = NoAnswer::kRecordAway;
    answered.choice.note = "知识库连接中断，无法确认现行规定，请勿凭记忆答复";
    return answered;
  }
  const ChoiceKey key{answered.freshness.knowledge_version, answered.freshness.newest_change,
                      NormalRegion(question.region), question.day, question.text};
  if (const std::optional<RememberedChoice> remembered = cache_.Find(key)) {
    if (std::optional<Choice> confirmed = Confirmed(*remembered, key)) {
      if (clock_.Now() - remembered->chosen_at >= kOld) RenewLater(key, question);
      answered.choice = *std::move(confirmed);
      return answered;
    }
  }
  answered.choice = LookAndRemember(key, question);
  return answered;
}

std::optional<Choice> Answerer::Confirmed(const RememberedChoice& remembered, const ChoiceKey& key) const {
  Choice choice{.reason = remembered.reason, .note = remembered.note};
  if (remembered.article_id.empty()) return choice;
  std::optional<Article> article = library_.index().Find(remembered.article_id, remembered.article_version);
  if (!article || !InForce(*article, key.day) || !Serves(article->region, key.region)) return std::nullopt;
  choice.answer = Candidate{.article = *std::move(article), .coverage = remembered.coverage};
  return choice;
}

void Answerer::RenewLater(const ChoiceKey& key, const Question& question) {
  const std::string name = FlightName(key);
  {
    const std::lock_guard lock{renewed_mutex_};
    if (!renewed_.insert(name).second) return;
  }
  const auto done = [this, name] {
    const std::lock_guard lock{renewed_mutex_};
    renewed_.erase(name);
  };
  const bool taken = background_([this, key, question, done] {
    LookAndRemember(key, question);
    done();
  });
  if (!taken) done();  // Too much to do: whoever asks next tries again.
}

Choice Answerer::LookAndRemember(const ChoiceKey& key, const Question& question) {
  return flights_.Do(FlightName(key), kPatience, [&] {
    Choice choice = Look(question);
    // A choice on an index that has just moved on belongs to no version: it is served, not kept.
    if (library_.Freshen().knowledge_version != key.knowledge_version) return choice;
    RememberedChoice remembered{.reason = choice.reason, .note = choice.note, .chosen_at = clock_.Now()};
    if (choice.answer) {
      remembered.article_id = choice.answer->article.id;
      remembered.article_version = choice.answer->article.version;
      remembered.coverage = choice.answer->coverage;
    }
    cache_.Put(key, remembered);
    return choice;
  });
}

Choice Answerer::Look(const Question& question) const {
  const ArticleIndex& index = library_.index();
  return Choose(index.Search(question.text, {question.region, question.day}, kCandidates),
                index.SearchAnywhere(question.text, kCandidates), question.region, question.day, policy_);
}

Answerer::Ranking Answerer::Rank(const Question& question, std::size_t top) {
  if (library_.Freshen().too_old) return {};
  Ranking ranking;
  ranking.candidates =
      library_.index().Search(question.text, {question.region, question.day}, std::max(top, kCandidates));
  ranking.answered = Choose(ranking.candidates, {}, question.region, question.day, policy_).answer.has_value();
  if (ranking.candidates.size() > top) ranking.candidates.resize(top);
  return ranking;
}

}  // namespace hotline::knowledge
