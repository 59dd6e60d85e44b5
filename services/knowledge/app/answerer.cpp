#include "knowledge/app/answerer.h"

#include <algorithm>

namespace hotline::knowledge {
namespace {

constexpr std::size_t kCandidates = 8;  // What a choice is made among.

}  // namespace

Answered Answerer::Ask(const Question& question) {
  Answered answered{.freshness = library_.Freshen()};
  if (answered.freshness.too_old) {
    answered.choice.reason = NoAnswer::kRecordAway;
    answered.choice.note = "知识库连接中断，无法确认现行规定，请勿凭记忆答复";
    return answered;
  }
  const ChoiceKey key{answered.freshness.knowledge_version, NormalRegion(question.region), question.day, question.text};
  if (std::optional<Choice> known = cache_.Find(key)) {
    answered.choice = *std::move(known);
    return answered;
  }
  answered.choice = Look(question);
  // A choice on an index that has just moved on belongs to no version: it is served, not kept.
  if (library_.Freshen().knowledge_version == key.knowledge_version) cache_.Put(key, answered.choice);
  return answered;
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
