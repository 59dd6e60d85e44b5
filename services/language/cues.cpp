#include "language/cues.h"

#include <nlohmann/json.hpp>

namespace hotline::language {

Cues::Cues(std::string_view json) {
  const nlohmann::json groups = nlohmann::json::parse(json);
  for (const auto& [name, words] : groups.items()) {
    TermFinder& group = groups_[name];
    for (const auto& word : words) group.Add(word.get_ref<const std::string&>());
  }
  for (const auto& [name, group] : groups_) {
    for (std::size_t i = 0; i < group.size(); ++i) {
      const std::size_t term = finder_.Add(group.Term(i));
      groups_of_term_.resize(finder_.size());
      groups_of_term_[term].push_back(name);
    }
  }
}

std::map<std::string_view, std::vector<std::string_view>> Cues::Find(std::string_view text) const {
  std::map<std::string_view, std::vector<std::string_view>> found;
  std::map<std::string_view, std::size_t> end;  // "没用" inside "没用了" is one word of a group, not two.
  for (const TermFinder::Hit& hit : finder_.Find(text)) {
    const std::string_view word = text.substr(hit.at, finder_.Term(hit.term).size());
    for (const std::string_view group : groups_of_term_[hit.term]) {
      std::size_t& taken = end[group];
      if (hit.at < taken) continue;
      taken = hit.at + word.size();
      found[group].push_back(word);
    }
  }
  return found;
}

std::string_view Cues::First(std::string_view group, std::string_view text) const {
  const auto known = groups_.find(group);
  if (known == groups_.end()) return {};
  const std::vector<TermFinder::Hit> hits = known->second.Find(text);
  return hits.empty() ? std::string_view{} : text.substr(hits.front().at, known->second.Term(hits.front().term).size());
}

}  // namespace hotline::language
