#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hotline::language {

/// Finds every occurrence of many terms in a text, overlapping ones included. Immutable after Add(); thread-safe then.
///
/// Terms are indexed by their first character: the time is that of the text, not of the number of terms.
class TermFinder {
 public:
  struct Hit {
    std::size_t term;  ///< What Add() returned.
    std::size_t at;    ///< Byte offset.
  };

  /// Adds a term (not empty) and returns its number; a term known already keeps its number.
  std::size_t Add(std::string_view term);
  [[nodiscard]] std::vector<Hit> Find(std::string_view text) const;
  [[nodiscard]] std::string_view Term(std::size_t term) const { return terms_[term]; }
  [[nodiscard]] std::size_t size() const { return terms_.size(); }

 private:
  std::vector<std::string> terms_;
  std::unordered_map<std::string, std::size_t> numbers_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_first_character_;
};

}  // namespace hotline::language
