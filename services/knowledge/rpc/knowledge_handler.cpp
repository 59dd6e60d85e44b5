#include "knowledge/rpc/knowledge_handler.h"

#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>

#include "contracts/enums.h"
#include "knowledge/adapters/messages.h"
#include "knowledge/rpc/requests.h"
#include "platform/bytes.h"
#include "platform/rpc/status.h"
#include "platform/telemetry/log.h"
#include "platform/telemetry/metrics.h"

namespace hotline::knowledge {
namespace {

using platform::Actor;
using platform::kEveryone;
using platform::Role;

constexpr std::initializer_list<Role> kOwners = {Role::kKnowledge, Role::kSystem};
constexpr std::initializer_list<Role> kReviewers = {Role::kKnowledge, Role::kSupervisor, Role::kDirector,
                                                    Role::kFollowUp, Role::kSystem};
constexpr int kUsualTop = 10;

std::vector<Article> ArticlesOf(const v1::ImportArticlesRequest& request) {
  std::vector<Article> articles;
  for (const v1::Article& article : request.articles()) articles.push_back(FromMessage(article));
  return articles;
}

std::vector<Phrase> PhrasesOf(const v1::ImportPhrasesRequest& request) {
  std::vector<Phrase> phrases;
  for (const v1::Phrase& phrase : request.phrases()) phrases.push_back(FromMessage(phrase));
  return phrases;
}

std::string OffsetToken(std::int64_t offset) { return platform::ToBase64(absl::StrCat(offset)); }

}  // namespace

Day KnowledgeHandler::Today() const { return platform::FormatTime(rpc_.clock.Now()).substr(0, 10); }

void KnowledgeHandler::FreshenAfter(Transaction& tx) const {
  tx.OnCommit([this] { library_.Changed(); });
}

grpc::ServerUnaryReactor* KnowledgeHandler::PublishArticle(grpc::CallbackServerContext* context,
                                                           const v1::PublishArticleRequest* request,
                                                           v1::PublishArticleResponse* response) {
  return RunCommand(
      context, rpc_, request, response, kOwners, [request] { return Check(*request); },
      [this, request, response](Transaction& tx, const Actor&) -> absl::Status {
        const Article article = FromMessage(request->article());
        const std::optional<Article> same_version = table_.FindArticle(tx, article.id, article.version);
        if (same_version && !same_version->SaysTheSameAs(article)) {
          return absl::AlreadyExistsError(
              absl::StrCat("version ", article.version, " of ", article.id, " says something else"));
        }
        const ImportResult result = librarian_.Publish(tx, {&article, 1}, rpc_.clock.Now());
        FreshenAfter(tx);
        *response->mutable_article() = ToMessage(*table_.NewestArticle(tx, article.id));
        response->set_knowledge_version(result.knowledge_version);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* KnowledgeHandler::RetireArticle(grpc::CallbackServerContext* context,
                                                          const v1::RetireArticleRequest* request,
                                                          v1::RetireArticleResponse* response) {
  return RunCommand(
      context, rpc_, request, response, kOwners, [request] { return Check(*request); },
      [this, request, response](Transaction& tx, const Actor& actor) -> absl::Status {
        const absl::StatusOr<Article> retired = librarian_.Retire(tx, request->article_id(), rpc_.clock.Now());
        if (!retired.ok()) return retired.status();
        FreshenAfter(tx);
        *response->mutable_article() = ToMessage(*retired);
        response->set_knowledge_version(table_.KnowledgeVersion(tx));
        platform::Log(platform::LogLevel::kInfo, "knowledge.retired",
                      {{"article", retired->id}, {"actor", actor.id}, {"reason", request->reason()}});
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* KnowledgeHandler::ImportArticles(grpc::CallbackServerContext* context,
                                                           const v1::ImportArticlesRequest* request,
                                                           v1::ImportArticlesResponse* response) {
  return RunCommand(
      context, rpc_, request, response, kOwners, [request] { return Check(*request); },
      [this, request, response](Transaction& tx, const Actor&) -> absl::Status {
        const ImportResult result = librarian_.Publish(tx, ArticlesOf(*request), rpc_.clock.Now());
        FreshenAfter(tx);
        response->set_published(result.published);
        response->set_unchanged(result.unchanged);
        response->set_knowledge_version(result.knowledge_version);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* KnowledgeHandler::GetArticle(grpc::CallbackServerContext* context,
                                                       const v1::GetArticleRequest* request,
                                                       v1::GetArticleResponse* response) {
  return RunQuery(context, rpc_, request, kEveryone, [this, request, response](const Actor&) -> absl::Status {
    if (absl::Status checked = Check(*request); !checked.ok()) return checked;
    return rpc_.store.Read([&](Session& session) -> absl::Status {
      const std::optional<Article> found = request->version() == 0
                                               ? table_.NewestArticle(session, request->article_id())
                                               : table_.FindArticle(session, request->article_id(), request->version());
      if (!found) return absl::NotFoundError(absl::StrCat("no article ", request->article_id(), " of that version"));
      *response->mutable_article() = ToMessage(*found);
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* KnowledgeHandler::ListArticles(grpc::CallbackServerContext* context,
                                                         const v1::ListArticlesRequest* request,
                                                         v1::ListArticlesResponse* response) {
  return RunQuery(context, rpc_, request, kEveryone, [this, request, response](const Actor&) -> absl::Status {
    absl::StatusOr<Page> page = PageOf(*request);
    if (!page.ok()) return page.status();
    return rpc_.store.Read([&](Session& session) {
      // Filters are applied page by page: a page may be shorter than asked for, the token says whether there is more.
      const std::vector<Article> articles = table_.NewestArticles(session, page->after, page->limit);
      for (const Article& article : articles) {
        if (!request->region().empty() && !Serves(article.region, request->region())) continue;
        if (!request->as_of().empty() && !InForce(article, request->as_of())) continue;
        *response->add_articles() = ToMessage(article);
      }
      if (static_cast<int>(articles.size()) == page->limit) {
        response->set_next_page_token(PageTokenAfter(articles.back()));
      }
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* KnowledgeHandler::Ask(grpc::CallbackServerContext* context, const v1::AskRequest* request,
                                                v1::AskResponse* response) {
  return RunQuery(context, rpc_, request, kEveryone, [this, request, response](const Actor&) -> absl::Status {
    const absl::StatusOr<Question> question = QuestionOf(*request, sites_, Today());
    if (!question.ok()) return question.status();
    const auto [choice, freshness] = answerer_.Ask(*question);
    if (choice.answer) {
      *response->mutable_answer() = ToMessage(*choice.answer, question->text);
      if (freshness.unconfirmed) {
        response->mutable_answer()->set_unconfirmed(true);
        response->mutable_answer()->set_age_seconds(static_cast<double>(freshness.unconfirmed->count()));
      }
    } else {
      response->set_no_answer(contracts::ToProto<v1::NoAnswerReason>(choice.reason));
    }
    response->set_note(choice.note);
    response->set_knowledge_version(freshness.knowledge_version);
    rpc_.metrics.Add("hotline_knowledge_asked_total", 1, {{"answered", choice.answer ? "yes" : "no"}});
    if (choice.reason != NoAnswer::kRecordAway) Remember(*request, *question, choice);
    return absl::OkStatus();
  });
}

void KnowledgeHandler::Remember(const v1::AskRequest& request, const Question& question, const Choice& choice) const {
  if (choice.answer && request.call_id().empty()) return;
  const std::int64_t now = rpc_.clock.Now().time_since_epoch().count();
  const absl::Status kept = rpc_.store.InTransaction([&](Transaction& tx) {
    if (choice.answer) {
      const Article& article = choice.answer->article;
      table_.RecordServed(tx, {request.call_id(), /*turn=*/0, question.text, article.id, article.version, now,
                               NormalRegion(question.region)});
    } else {
      table_.CountGap(tx, {.question = question.text,
                           .matter = "",
                           .region = NormalRegion(question.region),
                           .reason = choice.reason,
                           .last_asked_ms = now});
    }
    return absl::OkStatus();
  });
  // An agent is waiting: an answer that could not be counted is still the answer.
  if (!kept.ok())
    platform::Log(platform::LogLevel::kWarning, "knowledge.not_counted", {{"why", platform::Explain(kept)}});
}

grpc::ServerUnaryReactor* KnowledgeHandler::RankArticles(grpc::CallbackServerContext* context,
                                                         const v1::RankArticlesRequest* request,
                                                         v1::RankArticlesResponse* response) {
  return RunQuery(context, rpc_, request, kEveryone, [this, context, request, response](const Actor&) -> absl::Status {
    if (absl::Status checked = Check(*request); !checked.ok()) return checked;
    const Day day = request->as_of().empty() ? Today() : request->as_of();
    const auto top = static_cast<std::size_t>(request->top() == 0 ? kUsualTop : request->top());
    for (const std::string& question : request->questions()) {
      if (context->IsCancelled()) return absl::CancelledError("the caller is gone");
      const Answerer::Ranking ranking = answerer_.Rank({question, request->region(), day}, top);
      v1::RankedArticles& ranked = *response->add_results();
      ranked.set_answered(ranking.answered);
      for (const Candidate& candidate : ranking.candidates) {
        v1::RankedArticle& article = *ranked.add_articles();
        article.set_article_id(candidate.article.id);
        article.set_score(candidate.score);
      }
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* KnowledgeHandler::ImportPhrases(grpc::CallbackServerContext* context,
                                                          const v1::ImportPhrasesRequest* request,
                                                          v1::ImportPhrasesResponse* response) {
  return RunCommand(
      context, rpc_, request, response, kOwners, [request] { return Check(*request); },
      [this, request, response](Transaction& tx, const Actor&) -> absl::Status {
        const ImportResult result = librarian_.PublishPhrases(tx, PhrasesOf(*request), rpc_.clock.Now());
        FreshenAfter(tx);
        response->set_published(result.published);
        response->set_unchanged(result.unchanged);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* KnowledgeHandler::RetirePhrase(grpc::CallbackServerContext* context,
                                                         const v1::RetirePhraseRequest* request,
                                                         v1::RetirePhraseResponse* response) {
  return RunCommand(
      context, rpc_, request, response, kOwners, [request] { return Check(*request); },
      [this, request, response](Transaction& tx, const Actor&) -> absl::Status {
        const absl::StatusOr<Phrase> retired = librarian_.RetirePhrase(tx, request->phrase_id(), rpc_.clock.Now());
        if (!retired.ok()) return retired.status();
        FreshenAfter(tx);
        *response->mutable_phrase() = ToMessage(*retired);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* KnowledgeHandler::SuggestPhrases(grpc::CallbackServerContext* context,
                                                           const v1::SuggestPhrasesRequest* request,
                                                           v1::SuggestPhrasesResponse* response) {
  return RunQuery(context, rpc_, request, kEveryone, [this, request, response](const Actor&) -> absl::Status {
    const absl::StatusOr<PhraseRequest> wanted = PhraseRequestOf(*request);
    if (!wanted.ok()) return wanted.status();
    library_.Freshen();
    for (const Phrase& phrase : RankPhrases(*library_.phrases(), wanted->query)) {
      if (static_cast<std::size_t>(response->phrases_size()) == wanted->limit) break;
      *response->add_phrases() = ToMessage(phrase);
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* KnowledgeHandler::ListGaps(grpc::CallbackServerContext* context,
                                                     const v1::ListGapsRequest* request,
                                                     v1::ListGapsResponse* response) {
  return RunQuery(context, rpc_, request, kReviewers, [this, request, response](const Actor&) -> absl::Status {
    const absl::StatusOr<Page> page = PageOf(*request, sites_);
    if (!page.ok()) return page.status();
    return rpc_.store.Read([&](Session& session) {
      const auto gaps = table_.Gaps(session, page->region, page->offset, page->limit);
      for (const Gap& gap : gaps) *response->add_gaps() = ToMessage(gap);
      if (static_cast<int>(gaps.size()) == page->limit) {
        response->set_next_page_token(OffsetToken(page->offset + page->limit));
      }
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* KnowledgeHandler::ListServedAnswers(grpc::CallbackServerContext* context,
                                                              const v1::ListServedAnswersRequest* request,
                                                              v1::ListServedAnswersResponse* response) {
  return RunQuery(context, rpc_, request, kReviewers, [this, request, response](const Actor&) -> absl::Status {
    const absl::StatusOr<Page> page = PageOf(*request, sites_);
    if (!page.ok()) return page.status();
    return rpc_.store.Read([&](Session& session) -> absl::Status {
      if (!request->article_id().empty() && !table_.NewestArticle(session, request->article_id())) {
        return absl::NotFoundError(absl::StrCat("no article ", request->article_id()));
      }
      const auto served =
          table_.Served(session, request->article_id(), request->version(), page->region, page->offset, page->limit);
      for (const ServedAnswer& one : served) *response->add_answers() = ToMessage(one);
      if (static_cast<int>(served.size()) == page->limit) {
        response->set_next_page_token(OffsetToken(page->offset + page->limit));
      }
      return absl::OkStatus();
    });
  });
}

}  // namespace hotline::knowledge
