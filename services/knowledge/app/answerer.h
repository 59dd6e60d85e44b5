#pragma once

#include <string>
#include <vector>

#include "knowledge/app/library.h"
#include "knowledge/app/ports.h"

namespace hotline::knowledge {

struct Question {
  std::string text;
  std::string region;
  Day day;
};

struct Answered {
  Choice choice;
  Freshness freshness;
};

/// Answers questions for agents and other services. Thread-safe; may block on the record and the cache.
class Answerer {
 public:
  /// All must outlive this.
  Answerer(Library& library, ChoiceCache& cache, AnswerPolicy policy)
      : library_{library}, cache_{cache}, policy_{policy} {}

  /// The one article that answers, or why there is none.
  [[nodiscard]] Answered Ask(const Question& question);

  /// The best `top` in force for the region, and whether Ask() would serve one.
  struct Ranking {
    bool answered = false;
    std::vector<Candidate> candidates;
  };
  [[nodiscard]] Ranking Rank(const Question& question, std::size_t top);

 private:
  Choice Look(const Question& question) const;

  Library& library_;
  ChoiceCache& cache_;
  const AnswerPolicy policy_;
};

}  // namespace hotline::knowledge
