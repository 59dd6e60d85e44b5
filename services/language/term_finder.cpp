#include "language/term_finder.h"

#include <algorithm>

#include "language/characters.h"

namespace hotline::language {

std::size_t TermFinder::Add(std::string_view term) {
  const auto [known, added] = numbers_.try_emplace(std::string{term}, terms_.size());
  if (added) {
    by_first_character_[std::string{term.substr(0, CharacterBytes(term.front()))}].push_back(terms_.size());
    terms_.emplace_back(term);
  }
  return known->second;
}

std::vector<TermFinder::Hit> TermFinder::Find(std::string_view text) const {
  std::vector<Hit> hits;
  std::string first;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = std::min(CharacterBytes(text[at]), text.size() - at);
    first.assign(text.substr(at, bytes));
    if (const auto candidates = by_first_character_.find(first); candidates != by_first_character_.end()) {
      for (const std::size_t term : candidates->second) {
        if (text.substr(at).starts_with(terms_[term])) hits.push_back({term, at});
      }
    }
    at += bytes;
  }
  return hits;
}

}  // namespace hotline::language
