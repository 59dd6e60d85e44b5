#include "classification/domain/dispatch_directory.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "classification/domain/embedded_data.h"
#include "language/characters.h"

namespace hotline::classification {
namespace {

using nlohmann::json;

/// Long words are chosen by speakers, short ones happen.
double LengthFactor(std::string_view term) {
  const std::size_t characters = language::Characters(term).size();
  return characters <= 1 ? .35 : characters == 2 ? 1.0 : characters == 3 ? 1.4 : 1.7;
}

}  // namespace

const DispatchDirectory& DispatchDirectory::Get() {
  static const DispatchDirectory directory{embedded::dispatch_directory};
  return directory;
}

DispatchDirectory::DispatchDirectory(std::string_view text) {
  const json directory = json::parse(text);
  version_ = directory.at("version");
  for (const json& row : directory.at("entries")) {
    for (const std::string term : row.at("terms")) {
      const std::size_t number = terms_.Add(term);
      uses_.resize(terms_.size());
      uses_[number].push_back({entries_.size(), 0});
    }
    entries_.push_back({row.at("entry"), row.at("matter"), row.at("topic"), row.at("lead"), row.at("co_handlers"),
                        row.at("basis"), row.value("weight", 1.0)});
  }
  for (std::size_t term = 0; term < uses_.size(); ++term) {
    const double rarity =
        std::log(1.0 + static_cast<double>(entries_.size()) / static_cast<double>(uses_[term].size()));
    for (Use& use : uses_[term]) use.weight = rarity * LengthFactor(terms_.Term(term));
  }
  for (const auto& [department, names] : directory.at("departments").items()) {
    for (const std::string name : names) {
      names_.Add(name);
      department_of_name_.resize(names_.size(), department);
    }
  }
}

std::vector<MatterMatch> DispatchDirectory::Match(std::span<const WeightedText> texts) const {
  std::vector<double> said(terms_.size());
  for (const WeightedText& text : texts) {
    for (const language::TermFinder::Hit& hit : terms_.Find(text.text)) said[hit.term] += text.weight;
  }
  std::vector<MatterMatch> matches(entries_.size());
  std::vector<std::vector<std::pair<double, std::size_t>>> deciding(entries_.size());
  for (std::size_t term = 0; term < said.size(); ++term) {
    if (said[term] <= 0) continue;
    for (const Use& use : uses_[term]) {
      const double score = entries_[use.entry].weight * use.weight *
                           std::sqrt(std::min(said[term], 4.0));  // A word said ten times is one word.
      matches[use.entry].score += score;
      deciding[use.entry].emplace_back(score, term);
    }
  }
  double sum = 0;
  for (std::size_t i = 0; i < matches.size(); ++i) {
    matches[i].entry = &entries_[i];
    sum += std::pow(matches[i].score, 3);  // Sharpens: half the words is much less than half the case.
  }
  std::vector<MatterMatch> found;
  for (std::size_t i = 0; i < matches.size(); ++i) {
    if (matches[i].score <= 0) continue;
    matches[i].probability = std::pow(matches[i].score, 3) / sum;
    std::sort(deciding[i].rbegin(), deciding[i].rend());
    for (const auto& [score, term] : deciding[i]) matches[i].words.emplace_back(terms_.Term(term));
    found.push_back(std::move(matches[i]));
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  return found;
}

std::vector<std::string> DispatchDirectory::DepartmentsNamed(std::string_view text) const {
  std::vector<std::string> departments;
  for (const language::TermFinder::Hit& hit : names_.Find(text)) {
    const std::string& department = department_of_name_[hit.term];
    if (std::find(departments.begin(), departments.end(), department) == departments.end())
      departments.push_back(department);
  }
  return departments;
}

}  // namespace hotline::classification
