#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "language/patterns.h"
#include "language/term_finder.h"

namespace hotline::escalation {

/// A rule: what is said, and what shows in the same turn that it is not meant.
struct Rule {
  std::string code;
  language::Pattern says;
  std::optional<language::Pattern> harmless;
  std::optional<language::Pattern> harmless_before;  ///< What the caller said earlier that explains it.
  /// What a letter must say in the same sentence: whoever writes of an accident mostly writes of one that is over.
  std::optional<language::Pattern> in_a_letter;
};

/// What says nothing alone: one of the signs that add up.
struct Sign {
  std::string code;
  language::Pattern says;
};

/// Signs that add up: so many of them, of different codes, are as plain as a word.
struct Implied {
  std::string code;
  std::size_t needs = 2;
  std::optional<language::Pattern> harmless;  ///< What shows that a turn's signs are not meant.
  std::vector<Sign> signs;
};

/// What an agent says who has understood that somebody is in danger.
struct OfAgent {
  std::string code;
  language::Pattern says;
  language::Pattern harmless;
  /// It speaks with the caller's next turn, where that answers so; without, it speaks at once.
  std::optional<language::Pattern> answered;
};

/// data/hard_rules.json, compiled. In its expressions <NAME> is a block, <s20> up to 20 characters of one sentence,
/// <c8> up to 8 of one clause.
struct RuleBook {
  /// The one compiled in.
  [[nodiscard]] static const RuleBook& Get();

  std::vector<Rule> rules;
  std::vector<Implied> implied;
  std::vector<OfAgent> of_agents;
  language::Pattern not_meant;
  language::Pattern of_a_report;
  language::TermFinder harmless_words;
};

}  // namespace hotline::escalation
