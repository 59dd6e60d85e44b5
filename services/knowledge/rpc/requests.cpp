#include "knowledge/rpc/requests.h"

#include <algorithm>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include "contracts/enums.h"
#include "language/text.h"
#include "platform/bytes.h"
#include "platform/rpc/status.h"

namespace hotline::knowledge {
namespace {

using platform::FieldErrors;

constexpr std::size_t kLongestName = 200;   // Bytes.
constexpr std::size_t kLongestTitle = 500;  // Characters, as below.
constexpr std::size_t kLongestText = 50'000;
constexpr std::size_t kLongestQuestion = 1'000;
constexpr std::size_t kLongestPhrase = 1'000;
constexpr int kMostQuestions = 200;
constexpr int kLargestBatch = 500;
constexpr int kLargestPage = 1'000;
constexpr int kUsualPage = 100;
constexpr int kMostRanked = 100;
constexpr int kMostPhrases = 20;
constexpr int kUsualPhrases = 3;
constexpr std::string_view kArticleToken = "after ";

bool IsLonger(std::string_view text, std::size_t characters) {
  // Bytes first: counting the characters of what is far too long would be the attack.
  return text.size() > characters * 4 || language::CountCharacters(text) > characters;
}

void RequireName(const std::string& field, std::string_view value, FieldErrors& errors) {
  errors.Require(!value.empty(), field, "is required");
  errors.Require(value.size() <= kLongestName, field, "is longer than 200 bytes");
}

void AllowName(const std::string& field, std::string_view value, FieldErrors& errors) {
  errors.Require(value.size() <= kLongestName, field, "is longer than 200 bytes");
}

void AllowDay(const std::string& field, std::string_view value, FieldErrors& errors) {
  errors.Require(value.empty() || IsDay(value), field, "is no date such as 2026-03-03");
}

void CheckQuestion(const std::string& field, std::string_view question, FieldErrors& errors) {
  errors.Require(!question.empty(), field, "is required");
  errors.Require(!IsLonger(question, kLongestQuestion), field, "is longer than 1,000 characters");
}

void CheckArticle(const std::string& at, const v1::Article& article, FieldErrors& errors) {
  RequireName(at + "article_id", article.article_id(), errors);
  errors.Require(!IsLonger(article.title(), kLongestTitle), at + "title", "is longer than 500 characters");
  errors.Require(!article.text().empty(), at + "text", "is required");
  errors.Require(!IsLonger(article.text(), kLongestText), at + "text", "is longer than 50,000 characters");
  AllowName(at + "site", article.site(), errors);
  AllowName(at + "region", article.region(), errors);
  // Nobody could check an answer without its source and its date.
  RequireName(at + "document_number", article.document_number(), errors);
  AllowName(at + "clause", article.clause(), errors);
  AllowName(at + "supersedes", article.supersedes(), errors);
  AllowName(at + "department", article.department(), errors);
  errors.Require(!article.effective_from().empty(), at + "effective_from", "is required");
  AllowDay(at + "effective_from", article.effective_from(), errors);
  AllowDay(at + "effective_to", article.effective_to(), errors);
  errors.Require(article.effective_to().empty() || article.effective_from() <= article.effective_to(),
                 at + "effective_to", "is before effective_from");
  errors.Require(article.questions_size() <= kMostQuestions, at + "questions", "has more than 200 entries");
  for (int i = 0; i < std::min(article.questions_size(), kMostQuestions); ++i) {
    const std::string field = absl::StrCat(at, "questions[", i, "]");
    CheckQuestion(field, article.questions(i), errors);
    errors.Require(article.questions(i).find('\n') == std::string::npos, field, "has more than one line");
  }
  errors.Require(article.version() >= 0, at + "version", "is negative");
  errors.Require(!article.retired(), at + "retired", "is said by RetireArticle");
}

void CheckPhrase(const std::string& at, const v1::Phrase& phrase, FieldErrors& errors) {
  RequireName(at + "phrase_id", phrase.phrase_id(), errors);
  RequireName(at + "situation", phrase.situation(), errors);
  AllowName(at + "audience", phrase.audience(), errors);
  const bool known = phrase.emotion() == 0 || contracts::FromProto<language::Emotion>(phrase.emotion()).has_value();
  errors.Require(known, at + "emotion", "is not a known value");
  errors.Require(!phrase.text().empty(), at + "text", "is required");
  errors.Require(!IsLonger(phrase.text(), kLongestPhrase), at + "text", "is longer than 1,000 characters");
  errors.Require(!IsLonger(phrase.avoid(), kLongestPhrase), at + "avoid", "is longer than 1,000 characters");
  errors.Require(!phrase.retired(), at + "retired", "is said by RetirePhrase");
}

/// Ids of a batch: each once, so that "unchanged" and "published" mean something.
template <typename Items, typename IdOf>
void CheckIdsDiffer(const std::string& list, std::string_view name, const Items& items, IdOf id_of,
                    FieldErrors& errors) {
  std::vector<std::string_view> ids;
  for (int i = 0; i < std::min(items.size(), kLargestBatch); ++i) {
    const std::string_view id = id_of(items[i]);
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) {
      errors.Add(absl::StrCat(list, "[", i, "].", std::string{name}), "occurs twice in the batch");
    }
    ids.push_back(id);
  }
}

std::string CheckedToken(const std::string& token, FieldErrors& errors) {
  const absl::StatusOr<std::string> text = platform::FromBase64(token);
  errors.Require(text.ok(), "page_token", "is not one that an earlier page gave");
  return text.ok() ? *text : "";
}

template <typename Request>
Page CheckedPage(const Request& request, FieldErrors& errors) {
  errors.Require(request.page_size() >= 0 && request.page_size() <= kLargestPage, "page_size",
                 "is not between 0 and 1,000");
  return {.limit = request.page_size() == 0 ? kUsualPage : request.page_size()};
}

template <typename Request>
absl::StatusOr<Page> OffsetPage(const Request& request, FieldErrors& errors) {
  Page page = CheckedPage(request, errors);
  if (!request.page_token().empty()) {
    const std::string text = CheckedToken(request.page_token(), errors);
    errors.Require(absl::SimpleAtoi(text, &page.offset) && page.offset >= 0, "page_token",
                   "is not one that an earlier page gave");
  }
  if (!errors.empty()) return errors.status();
  return page;
}

/// The region of `site`, or "" where none is named.
std::string RegionOf(std::string_view site, const SiteRegions& sites, FieldErrors& errors) {
  const std::string* const region = sites.Find(site);
  errors.Require(site.empty() || region != nullptr, "site", "is not a site of this hotline");
  return region == nullptr ? std::string{} : *region;
}

}  // namespace

absl::Status Check(const v1::PublishArticleRequest& request) {
  FieldErrors errors;
  errors.Require(request.has_article(), "article", "is required");
  if (request.has_article()) CheckArticle("article.", request.article(), errors);
  return errors.status();
}

absl::Status Check(const v1::ImportArticlesRequest& request) {
  FieldErrors errors;
  errors.Require(request.articles_size() > 0, "articles", "is required");
  errors.Require(request.articles_size() <= kLargestBatch, "articles", "has more than 500 entries");
  for (int i = 0; i < std::min(request.articles_size(), kLargestBatch); ++i) {
    CheckArticle(absl::StrCat("articles[", i, "]."), request.articles(i), errors);
  }
  CheckIdsDiffer(
      "articles", "article_id", request.articles(),
      [](const v1::Article& article) -> std::string_view { return article.article_id(); }, errors);
  return errors.status();
}

absl::Status Check(const v1::RetireArticleRequest& request) {
  FieldErrors errors;
  RequireName("article_id", request.article_id(), errors);
  errors.Require(!IsLonger(request.reason(), kLongestTitle), "reason", "is longer than 500 characters");
  return errors.status();
}

absl::Status Check(const v1::GetArticleRequest& request) {
  FieldErrors errors;
  RequireName("article_id", request.article_id(), errors);
  errors.Require(request.version() >= 0, "version", "is negative");
  return errors.status();
}

absl::Status Check(const v1::ImportPhrasesRequest& request) {
  FieldErrors errors;
  errors.Require(request.phrases_size() > 0, "phrases", "is required");
  errors.Require(request.phrases_size() <= kLargestBatch, "phrases", "has more than 500 entries");
  for (int i = 0; i < std::min(request.phrases_size(), kLargestBatch); ++i) {
    CheckPhrase(absl::StrCat("phrases[", i, "]."), request.phrases(i), errors);
  }
  CheckIdsDiffer(
      "phrases", "phrase_id", request.phrases(),
      [](const v1::Phrase& phrase) -> std::string_view { return phrase.phrase_id(); }, errors);
  return errors.status();
}

absl::Status Check(const v1::RetirePhraseRequest& request) {
  FieldErrors errors;
  RequireName("phrase_id", request.phrase_id(), errors);
  return errors.status();
}

absl::Status Check(const v1::RankArticlesRequest& request) {
  FieldErrors errors;
  errors.Require(request.questions_size() <= kLargestBatch, "questions", "has more than 500 entries");
  for (int i = 0; i < std::min(request.questions_size(), kLargestBatch); ++i) {
    const std::string field = absl::StrCat("questions[", i, "]");
    errors.Require(!IsLonger(request.questions(i), kLongestQuestion), field, "is longer than 1,000 characters");
  }
  AllowName("region", request.region(), errors);
  AllowDay("as_of", request.as_of(), errors);
  errors.Require(request.top() >= 0 && request.top() <= kMostRanked, "top", "is not between 0 and 100");
  return errors.status();
}

absl::StatusOr<Question> QuestionOf(const v1::AskRequest& request, const SiteRegions& sites, const Day& today) {
  FieldErrors errors;
  CheckQuestion("question", request.question(), errors);
  AllowName("region", request.region(), errors);
  AllowDay("as_of", request.as_of(), errors);
  AllowName("call_id", request.call_id(), errors);
  const std::string site_region = RegionOf(request.site(), sites, errors);
  if (!errors.empty()) return errors.status();
  return Question{.text = request.question(),
                  .region = request.region().empty() ? site_region : request.region(),
                  .day = request.as_of().empty() ? today : request.as_of()};
}

absl::StatusOr<PhraseRequest> PhraseRequestOf(const v1::SuggestPhrasesRequest& request) {
  FieldErrors errors;
  AllowName("situation", request.situation(), errors);
  AllowName("audience", request.audience(), errors);
  const auto emotion = contracts::FromProto<language::Emotion>(request.emotion());
  errors.Require(emotion.has_value() || request.emotion() == 0, "emotion", "is not a known value");
  errors.Require(request.limit() >= 0 && request.limit() <= kMostPhrases, "limit", "is not between 0 and 20");
  if (!errors.empty()) return errors.status();
  PhraseRequest wanted{.query = {.situation = request.situation(), .emotion = emotion},
                       .limit = static_cast<std::size_t>(request.limit() == 0 ? kUsualPhrases : request.limit())};
  if (!request.audience().empty()) wanted.query.audiences.push_back(request.audience());
  return wanted;
}

std::string PageTokenAfter(const Article& last) {
  return platform::ToBase64(absl::StrCat(std::string{kArticleToken}, last.id));
}

absl::StatusOr<Page> PageOf(const v1::ListArticlesRequest& request) {
  FieldErrors errors;
  AllowName("region", request.region(), errors);
  AllowDay("as_of", request.as_of(), errors);
  Page page = CheckedPage(request, errors);
  if (!request.page_token().empty()) {
    const std::string text = CheckedToken(request.page_token(), errors);
    const bool ours = text.starts_with(kArticleToken) && text.size() > kArticleToken.size();
    errors.Require(ours, "page_token", "is not one that an earlier page gave");
    if (ours) page.after = text.substr(kArticleToken.size());
  }
  if (!errors.empty()) return errors.status();
  return page;
}

absl::StatusOr<Page> PageOf(const v1::ListGapsRequest& request, const SiteRegions& sites) {
  FieldErrors errors;
  AllowName("region", request.region(), errors);
  errors.Require(request.site().empty() || request.region().empty(), "region", "is given beside site");
  const std::string site_region = RegionOf(request.site(), sites, errors);
  absl::StatusOr<Page> page = OffsetPage(request, errors);
  if (page.ok()) page->region = NormalRegion(site_region.empty() ? request.region() : site_region);
  return page;
}

absl::StatusOr<Page> PageOf(const v1::ListServedAnswersRequest& request, const SiteRegions& sites) {
  FieldErrors errors;
  const std::string site_region = RegionOf(request.site(), sites, errors);
  AllowName("article_id", request.article_id(), errors);
  errors.Require(request.version() >= 0, "version", "is negative");
  absl::StatusOr<Page> page = OffsetPage(request, errors);
  if (page.ok()) page->region = NormalRegion(site_region);
  return page;
}

}  // namespace hotline::knowledge
