#pragma once

#include <optional>
#include <string>
#include <vector>

#include <absl/status/status.h>

#include "knowledge/app/answerer.h"
#include "knowledge/app/library.h"
#include "knowledge/app/ports.h"
#include "knowledge/domain/situation.h"

namespace hotline::knowledge {

/// Helps the agent after every turn of a caller: what to say first, the article that answers, a word of caution. Runs
/// inside the consumer's transaction. Thread-safe.
class Advisor {
 public:
  /// All must outlive this.
  Advisor(Library& library, Answerer& answerer, KnowledgeTable& table, KnowledgeEvents& events)
      : library_{library}, answerer_{answerer}, table_{table}, events_{events} {}

  /// Exactly one Advice for the turn, empty where there is nothing to say. An answer counts as served, a question
  /// that seeks facts (SeeksFacts) and finds none as a gap.
  absl::Status Advise(Transaction& tx, const SpokenTurn& turn) const;

 private:
  /// The same for the matter that the call is about: spoken questions are full of words that no article has.
  [[nodiscard]] std::optional<Answered> AnswerOfMatter(const SpokenTurn& turn, const Day& day) const;
  void AnswerQuestion(Transaction& tx, const SpokenTurn& turn, Advice& advice) const;
  void SuggestPhrase(Transaction& tx, const SpokenTurn& turn, Advice& advice) const;

  Library& library_;
  Answerer& answerer_;
  KnowledgeTable& table_;
  KnowledgeEvents& events_;
};

}  // namespace hotline::knowledge
