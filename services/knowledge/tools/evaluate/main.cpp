// How sure the search must be before it answers: knowledge_evaluate ARTICLES.jsonl CALLS.jsonl GOLD.json
//
// Every policy question of the calls is asked twice, as of its call's day and city: of the whole base, where the right
// article is one of GOLD's, and of the base without those, where the only right answer is none. Prints both for a range
// of thresholds of AnswerPolicy::coverage_needed; with -v every question at the one in use.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "knowledge/adapters/xapian_index.h"
#include "knowledge/domain/answer.h"

namespace {

using hotline::knowledge::AnswerPolicy;
using hotline::knowledge::Article;
using hotline::knowledge::Choice;
using hotline::knowledge::Choose;
using hotline::knowledge::XapianIndex;
using nlohmann::json;

constexpr std::size_t kCandidates = 8;

struct Asked {
  std::string call;
  std::string question;
  std::string region;
  std::string day;
  std::set<std::string> right;
  std::set<std::string> wrong;  ///< Out of force, or of another city.
};

std::string Text(const json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

std::vector<json> Lines(const char* path) {
  std::ifstream in{path};
  if (!in) throw std::runtime_error{std::string{"cannot read "} + path};
  std::vector<json> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(json::parse(line));
  }
  return lines;
}

std::vector<Article> ReadArticles(const char* path) {
  std::vector<Article> articles;
  for (const json& line : Lines(path)) {
    articles.push_back({.id = Text(line, "id"),
                        .version = 1,
                        .title = Text(line, "title"),
                        .region = Text(line, "region"),
                        .document_number = Text(line, "document_number"),
                        .effective_from = Text(line, "effective_from"),
                        .effective_to = Text(line, "effective_to"),
                        .supersedes = Text(line, "supersedes"),
                        .text = Text(line, "text"),
                        .questions = line.value("questions", std::vector<std::string>{})});
  }
  return articles;
}

std::vector<Asked> ReadQuestions(const char* calls, const char* gold_file) {
  const json gold = json::parse(std::ifstream{gold_file});
  std::vector<Asked> asked;
  for (const json& call : Lines(calls)) {
    const std::string id = Text(call, "id");
    const std::string question = Text(call["expected"], "policy_question");
    if (question.empty() || !gold.contains(id)) continue;
    asked.push_back({id, question, Text(call, "city"), Text(call, "started_at").substr(0, 10), gold[id]["kb"],
                     gold[id]["stale_or_other_city"]});
  }
  return asked;
}

struct Count {
  int right = 0;
  int none = 0;
  int other = 0;
  int forbidden = 0;
};

Choice AskIn(const XapianIndex& index, const Asked& one, const AnswerPolicy& policy) {
  return Choose(index.Search(one.question, {one.region, one.day}, kCandidates),
                index.SearchAnywhere(one.question, kCandidates), one.region, one.day, policy);
}

void Tell(const Choice& choice, const Asked& one, Count& count) {
  if (!choice.answer) {
    ++count.none;
  } else if (one.right.contains(choice.answer->article.id)) {
    ++count.right;
  } else {
    ++(one.wrong.contains(choice.answer->article.id) ? count.forbidden : count.other);
  }
}

void Print(const Asked& one, const char* base, const Choice& choice) {
  std::printf("%s %-8s %s -> %s %.2f %s\n", one.call.c_str(), base, one.question.c_str(),
              choice.answer ? choice.answer->article.id.c_str() : "none", choice.answer ? choice.answer->coverage : 0.0,
              choice.note.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: knowledge_evaluate ARTICLES.jsonl CALLS.jsonl GOLD.json [-v]\n";
    return 2;
  }
  const std::vector<Article> articles = ReadArticles(argv[1]);
  const std::vector<Asked> asked = ReadQuestions(argv[2], argv[3]);
  XapianIndex whole;
  for (const Article& article : articles) whole.Put(article);
  std::printf(
      "%zu questions of %zu articles\nneeded   right  none  other  forbidden | without the article: none  other  "
      "forbidden\n",
      asked.size(), articles.size());
  for (double needed = 0.2; needed < 0.75; needed += 0.05) {
    const AnswerPolicy policy{.coverage_needed = needed};
    Count with;
    Count without;
    for (const Asked& one : asked) {
      Tell(AskIn(whole, one, policy), one, with);
      XapianIndex rest;
      for (const Article& article : articles) {
        if (!one.right.contains(article.id)) rest.Put(article);
      }
      const Choice choice = AskIn(rest, one, policy);
      Tell(choice, one, without);
    }
    std::printf("%.2f %9d %5d %6d %10d | %25d %6d %10d\n", needed, with.right, with.none, with.other, with.forbidden,
                without.none, without.other, without.forbidden);
  }
  if (argc < 5) return 0;
  for (const Asked& one : asked) {
    Print(one, "whole", AskIn(whole, one, {.coverage_needed = 0}));
    XapianIndex rest;
    for (const Article& article : articles) {
      if (!one.right.contains(article.id)) rest.Put(article);
    }
    Print(one, "without", AskIn(rest, one, {.coverage_needed = 0}));
  }
}
