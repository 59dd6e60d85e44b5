#pragma once

#include <optional>

#include <absl/status/statusor.h>
#include <hotline/knowledge/v1/knowledge_service.pb.h>

#include "knowledge/app/answerer.h"
#include "knowledge/domain/phrase.h"
#include "knowledge/rpc/site_regions.h"

namespace hotline::knowledge {

// What a request may hold (knowledge_service.proto). Every error names its field: "articles[3].effective_from".

[[nodiscard]] absl::Status Check(const v1::PublishArticleRequest& request);
[[nodiscard]] absl::Status Check(const v1::ImportArticlesRequest& request);
[[nodiscard]] absl::Status Check(const v1::RetireArticleRequest& request);
[[nodiscard]] absl::Status Check(const v1::GetArticleRequest& request);
[[nodiscard]] absl::Status Check(const v1::ImportPhrasesRequest& request);
[[nodiscard]] absl::Status Check(const v1::RetirePhraseRequest& request);
[[nodiscard]] absl::Status Check(const v1::RankArticlesRequest& request);

/// `today`: the day where the request names none.
[[nodiscard]] absl::StatusOr<Question> QuestionOf(const v1::AskRequest& request, const SiteRegions& sites,
                                                  const Day& today);

struct PhraseRequest {
  PhraseQuery query;
  std::size_t limit = 0;
};
[[nodiscard]] absl::StatusOr<PhraseRequest> PhraseRequestOf(const v1::SuggestPhrasesRequest& request);

/// Where a page of a list starts and how long it is.
struct Page {
  std::int64_t offset = 0;
  std::string after;   ///< Id after which ListArticles goes on.
  std::string region;  ///< The one asked for, or of the site asked for; empty: every region.
  int limit = 100;
};
[[nodiscard]] std::string PageTokenAfter(const Article& last);
[[nodiscard]] absl::StatusOr<Page> PageOf(const v1::ListArticlesRequest& request);
[[nodiscard]] absl::StatusOr<Page> PageOf(const v1::ListGapsRequest& request, const SiteRegions& sites);
[[nodiscard]] absl::StatusOr<Page> PageOf(const v1::ListServedAnswersRequest& request, const SiteRegions& sites);

}  // namespace hotline::knowledge
