#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "language/term_finder.h"

namespace hotline::language {

/// Words of the spoken language, in named groups ("thanks", "rhetorical", "leak"), as a service keeps them beside its
/// code.
///
/// A group is a feature that a trained head weighs, or the evidence of a rule. Immutable, thread-safe.
class Cues {
 public:
  /// An object of lists: {"thanks": ["谢谢", …], …}.
  explicit Cues(std::string_view json);

  /// The words of each group that occur in `text`, in order of the text, at most one a position (the longest).
  [[nodiscard]] std::map<std::string_view, std::vector<std::string_view>> Find(std::string_view text) const;

  /// The first word of `group` in `text` (a view into `text`); empty when there is none.
  [[nodiscard]] std::string_view First(std::string_view group, std::string_view text) const;
  [[nodiscard]] bool Has(std::string_view group, std::string_view text) const { return !First(group, text).empty(); }

 private:
  TermFinder finder_;
  std::vector<std::vector<std::string_view>> groups_of_term_;
  std::map<std::string, TermFinder, std::less<>> groups_;
};

}  // namespace hotline::language
