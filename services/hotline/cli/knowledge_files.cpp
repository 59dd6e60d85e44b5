#include "hotline/cli/knowledge_files.h"

#include <hotline/knowledge/v1/knowledge_service.grpc.pb.h>

#include <cstdlib>
#include <vector>

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "contracts/enums.h"
#include "hotline/cli/call.h"
#include "hotline/cli/json_problem.h"
#include "hotline/cli/tsv.h"
#include "language/vocabulary.h"

namespace hotline::cli {
namespace {

namespace v1 = knowledge::v1;
using nlohmann::json;

constexpr std::size_t kBatch = 200;
constexpr std::string_view kUndated = "1949-10-01";

/// The text of a member, "" for null or absent. Throws json::type_error naming the member otherwise.
std::string Text(const json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || member->is_null()) return "";
  if (!member->is_string()) throw std::invalid_argument(absl::StrCat(name, " is not a text"));
  return member->get<std::string>();
}

v1::Article ArticleFrom(const json& line, const ArticleDefaults& defaults) {
  v1::Article article;
  article.set_article_id(Text(line, "id"));
  article.set_title(Text(line, "title"));
  article.set_site(Text(line, "site"));
  const std::string region = Text(line, "region");
  article.set_region(region.empty() ? defaults.region : region);
  article.set_document_number(Text(line, "document_number"));
  article.set_clause(Text(line, "clause"));
  const std::string from = Text(line, "effective_from");
  article.set_effective_from(from.empty() ? defaults.effective_from : from);
  article.set_effective_to(Text(line, "effective_to"));
  article.set_supersedes(Text(line, "supersedes"));
  article.set_department(Text(line, "department"));
  article.set_text(Text(line, "text"));
  for (const auto& question : line.value("questions", json::array()))
    article.add_questions(question.get<std::string>());
  return article;
}

v1::Phrase PhraseFrom(const json& line) {
  v1::Phrase phrase;
  phrase.set_phrase_id(Text(line, "id"));
  phrase.set_situation(Text(line, "situation"));
  phrase.set_audience(Text(line, "audience"));
  phrase.set_text(Text(line, "text"));
  phrase.set_avoid(Text(line, "avoid"));
  const std::string emotion = Text(line, "emotion");
  const auto known = language::EmotionFromName(emotion);
  if (!known && !emotion.empty() && emotion != "通用" && emotion != "任意") {
    throw std::invalid_argument(absl::StrCat("emotion '", emotion, "' is not one of the eleven"));
  }
  if (known) phrase.set_emotion(contracts::ToProto<common::v1::Emotion>(*known));
  return phrase;
}

/// Parses every line of a JSONL file with `parse`; an error names the line.
template <typename Item, typename Parse>
absl::StatusOr<std::vector<Item>> ParseLines(const std::filesystem::path& file, Parse parse) {
  const auto lines = ReadLines(file);
  if (!lines.ok()) return lines.status();
  std::vector<Item> items;
  for (const NumberedLine& line : *lines) {
    try {
      items.push_back(parse(json::parse(line.text)));
    } catch (const std::exception& problem) {
      return absl::InvalidArgumentError(
          absl::StrCat(file.string(), ", line ", line.number, ": ", cli::JsonProblem(problem)));
    }
  }
  return items;
}

absl::StatusOr<std::vector<v1::Article>> ReadTsvArticles(const std::filesystem::path& file,
                                                         const ArticleDefaults& defaults) {
  const auto tsv = TsvFile::Read(file);
  if (!tsv.ok()) return tsv.status();
  const auto id = tsv->Column("id");
  if (!id.ok()) return id.status();
  const auto text = tsv->Column("text");
  if (!text.ok()) return text.status();
  const auto department = tsv->Column("dept");
  const std::string source = file.stem().string();
  std::vector<v1::Article> articles;
  for (std::size_t row = 0; row < tsv->rows(); ++row) {
    v1::Article article;
    article.set_article_id(std::string{tsv->Field(row, *id)});
    article.set_document_number(source);  // A table has no gazette: its name and the row's id are the citation.
    article.set_clause(article.article_id());
    article.set_region(defaults.region);
    article.set_effective_from(defaults.effective_from);
    article.set_text(std::string{tsv->Field(row, *text)});
    if (department.ok()) article.set_department(std::string{tsv->Field(row, *department)});
    articles.push_back(std::move(article));
  }
  return articles;
}

/// Sends items in batches under request ids of their content, so that a second import is a no-op.
template <typename Request, typename Response, typename Item, typename Add, typename Send>
absl::StatusOr<ImportCount> SendInBatches(const std::vector<Item>& items, Add add, Send send) {
  ImportCount count;
  for (std::size_t from = 0; from < items.size(); from += kBatch) {
    Request request;
    for (std::size_t i = from; i < std::min(from + kBatch, items.size()); ++i) *add(request) = items[i];
    request.set_request_id(FreshRequestId());
    Response response;
    if (const absl::Status sent = send(request, response); !sent.ok()) {
      return absl::Status{sent.code(), absl::StrCat("entries ", from + 1, " and on: ", sent.message())};
    }
    count.published += response.published();
    count.unchanged += response.unchanged();
  }
  return count;
}

}  // namespace

std::string HomeRegion() {
  const char* const named = std::getenv("HOTLINE_HOME_REGION");
  return named == nullptr || *named == '\0' ? "云州市" : named;
}

absl::StatusOr<ImportCount> ImportArticleFile(const std::shared_ptr<grpc::Channel>& channel,
                                              const std::filesystem::path& file, const ArticleDefaults& given) {
  ArticleDefaults defaults = given;
  if (defaults.region.empty()) defaults.region = HomeRegion();
  if (defaults.effective_from.empty()) defaults.effective_from = kUndated;
  const auto articles =
      file.extension() == ".tsv"
          ? ReadTsvArticles(file, defaults)
          : ParseLines<v1::Article>(file, [&](const json& line) { return ArticleFrom(line, defaults); });
  if (!articles.ok()) return articles.status();
  const auto stub = v1::KnowledgeService::NewStub(channel);
  return SendInBatches<v1::ImportArticlesRequest, v1::ImportArticlesResponse>(
      *articles, [](auto& request) { return request.add_articles(); },
      [&](const auto& request, auto& response) {
        return Call([&](auto* context) { return stub->ImportArticles(context, request, &response); });
      });
}

absl::StatusOr<ImportCount> ImportPhraseFile(const std::shared_ptr<grpc::Channel>& channel,
                                             const std::filesystem::path& file) {
  const auto phrases = ParseLines<v1::Phrase>(file, PhraseFrom);
  if (!phrases.ok()) return phrases.status();
  const auto stub = v1::KnowledgeService::NewStub(channel);
  return SendInBatches<v1::ImportPhrasesRequest, v1::ImportPhrasesResponse>(
      *phrases, [](auto& request) { return request.add_phrases(); },
      [&](const auto& request, auto& response) {
        return Call([&](auto* context) { return stub->ImportPhrases(context, request, &response); });
      });
}

absl::StatusOr<bool> HoldsPhrases(const std::filesystem::path& file) {
  if (file.extension() == ".tsv") return false;
  const auto lines = ReadLines(file);
  if (!lines.ok()) return lines.status();
  if (lines->empty()) return absl::InvalidArgumentError(absl::StrCat(file.string(), " is empty"));
  const json first = json::parse(lines->front().text, nullptr, /*allow_exceptions=*/false);
  return first.is_object() && first.contains("situation");
}

}  // namespace hotline::cli
