#include "knowledge/adapters/xapian_index.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <absl/strings/str_cat.h>

#include "knowledge/domain/terms.h"

namespace hotline::knowledge {
namespace {

constexpr Xapian::valueno kFrom = 0;
constexpr Xapian::valueno kTo = 1;
constexpr const char* kForever = "9999-12-31";
// Tuned on the city questions of the development data (README.md): titles and known questions say what an article is
// about, its text says everything else too.
constexpr Xapian::termcount kTitleWeight = 3;
constexpr Xapian::termcount kQuestionWeight = 2;
constexpr double kK1 = 1.2;
constexpr double kB = 0.6;
constexpr double kUnseenArticles = 50;      // A new base of three articles knows little about which words are rare.
constexpr std::size_t kMaxTermBytes = 200;  // Xapian takes 245; a longer "word" is no word.

/// An article's id and version as a term of their own.
std::string DocumentKey(std::string_view id, std::int64_t version) {
  return absl::StrCat("Q", version, ":", std::string{id.substr(0, kMaxTermBytes)});
}
std::string DocumentKey(const Article& article) { return DocumentKey(article.id, article.version); }
std::string RegionTerm(const std::string& region) { return "R" + region.substr(0, kMaxTermBytes); }
/// Search terms have a prefix of their own, so that no word of a caller can pose as a filter.
std::string WordTerm(const std::string& word) { return "W" + word.substr(0, kMaxTermBytes); }

void AddWords(Xapian::Document& document, const std::string& text, Xapian::termcount weight) {
  for (const std::string& word : SearchTerms(text)) document.add_term(WordTerm(word), weight);
}

/// Of the question's distinct terms, weighted by how rare they are: the share that the document holds.
double Coverage(const Xapian::Database& database, const std::set<std::string>& terms, Xapian::docid document) {
  double held = 0;
  double all = 0;
  const double documents = database.get_doccount();
  std::set<std::string> in_document;
  for (auto term = database.termlist_begin(document); term != database.termlist_end(document); ++term) {
    if ((*term)[0] == 'W') in_document.insert(*term);
  }
  for (const std::string& term : terms) {
    const double frequency = database.get_termfreq(term);
    // A term that no article holds still counts: it is what the question asks beyond them.
    const double weight = std::log((documents + kUnseenArticles) / (frequency + 1)) * (term.size() > 4 ? 1.0 : 0.4);
    all += weight;
    if (in_document.contains(term)) held += weight;
  }
  return all > 0 ? held / all : 0;
}

}  // namespace

XapianIndex::XapianIndex() : database_{"", Xapian::DB_BACKEND_INMEMORY} {}

void XapianIndex::Put(const Article& article) {
  const std::lock_guard lock{mutex_};
  std::map<std::int64_t, Article>& versions = versions_[article.id];
  versions[article.version] = article;
  for (const auto& [number, version] : versions) {
    const std::string key = DocumentKey(version);
    database_.delete_document(key);
    indexed_.erase(key);
  }
  for (const Article& version : InForceOnSomeDay(versions)) Index(version);
}

void XapianIndex::Index(const Article& article) {
  const std::string key = DocumentKey(article);
  Xapian::Document document;
  document.set_data(key);
  document.add_boolean_term(key);
  document.add_boolean_term(RegionTerm(NormalRegion(article.region)));
  document.add_value(kFrom, article.effective_from);
  document.add_value(kTo, article.effective_to.empty() ? kForever : article.effective_to);
  AddWords(document, article.title, kTitleWeight);
  for (const std::string& question : article.questions) AddWords(document, question, kQuestionWeight);
  AddWords(document, article.text, 1);
  database_.replace_document(key, document);
  indexed_[key] = article;
}

std::vector<Candidate> XapianIndex::Search(std::string_view question, const Filter& filter, std::size_t top) const {
  std::vector<std::string> regions = RegionsServing(filter.region);
  for (std::string& region : regions) region = RegionTerm(region);
  const Xapian::Query here{Xapian::Query::OP_OR, regions.begin(), regions.end()};
  const Xapian::Query begun{Xapian::Query::OP_VALUE_LE, kFrom, filter.day};
  const Xapian::Query not_over{Xapian::Query::OP_VALUE_GE, kTo, filter.day};
  const Xapian::Query in_force{Xapian::Query::OP_AND, begun, not_over};
  const Xapian::Query wanted{Xapian::Query::OP_AND, here, in_force};
  return Run(question, &wanted, top);
}

std::vector<Candidate> XapianIndex::SearchAnywhere(std::string_view question, std::size_t top) const {
  return Run(question, nullptr, top);
}

std::optional<Article> XapianIndex::Find(std::string_view id, std::int64_t version) const {
  const std::lock_guard lock{mutex_};
  const auto found = indexed_.find(DocumentKey(id, version));
  if (found == indexed_.end() || found->second.id != id) return std::nullopt;
  return found->second;
}

std::vector<Candidate> XapianIndex::Run(std::string_view question, const Xapian::Query* filter, std::size_t top) const {
  std::vector<std::string> words = SearchTerms(question);
  for (std::string& word : words) word = WordTerm(word);
  if (words.empty()) return {};
  Xapian::Query query{Xapian::Query::OP_OR, words.begin(), words.end()};
  if (filter != nullptr) query = Xapian::Query{Xapian::Query::OP_FILTER, query, *filter};
  const std::lock_guard lock{mutex_};
  Xapian::Enquire enquire{database_};
  enquire.set_weighting_scheme(Xapian::BM25Weight{kK1, 0, 1, kB, 0.5});
  enquire.set_query(query);
  const std::set<std::string> distinct{words.begin(), words.end()};
  std::vector<Candidate> candidates;
  const Xapian::MSet found = enquire.get_mset(0, static_cast<Xapian::doccount>(top));
  for (auto match = found.begin(); match != found.end(); ++match) {
    const auto article = indexed_.find(match.get_document().get_data());
    if (article == indexed_.end()) continue;
    candidates.push_back({article->second, match.get_weight(), Coverage(database_, distinct, *match)});
  }
  return candidates;
}

}  // namespace hotline::knowledge
