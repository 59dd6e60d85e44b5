#pragma once

#include <optional>
#include <string>
#include <vector>

#include "knowledge/domain/article.h"

namespace hotline::knowledge {

/// An article that a search found for a question.
struct Candidate {
  Article article;
  double score = 0;     ///< BM25: ranks the candidates of one question, says nothing across questions.
  double coverage = 0;  ///< 0 to 1: how much of the question's weight the article holds.
};

enum class NoAnswer { kNothingFound = 1, kNotInForce, kOtherRegion, kRecordAway };

/// What is said to a question: one candidate, or none and why.
struct Choice {
  std::optional<Candidate> answer;
  NoAnswer reason = NoAnswer::kNothingFound;
  std::string note;  ///< For a person; may be empty.
};

struct AnswerPolicy {
  /// Below it "no answer": a wrong answer becomes the next complaint. Chosen with tools/evaluate (README.md).
  double coverage_needed = 0.42;
  double same_matter = 0.8;  ///< Candidates this close to the best speak of the same matter.
};

/// Chooses among `in_force` (ranked, of the region, filtered before ranking); of those about the same matter the most
/// local rules. `anywhere` (ranked, no filter) only explains a "no answer", and names the rule the answer replaced.
/// Filters again: whatever the search brought, nothing out of force or of another region leaves here.
[[nodiscard]] Choice Choose(const std::vector<Candidate>& in_force, const std::vector<Candidate>& anywhere,
                            std::string_view region, const Day& day, const AnswerPolicy& policy);

}  // namespace hotline::knowledge
