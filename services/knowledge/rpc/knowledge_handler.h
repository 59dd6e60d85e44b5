#pragma once

#include <hotline/knowledge/v1/knowledge_service.grpc.pb.h>

#include "knowledge/app/answerer.h"
#include "knowledge/app/librarian.h"
#include "knowledge/app/library.h"
#include "knowledge/app/ports.h"
#include "knowledge/rpc/site_regions.h"
#include "platform/rpc/rpc.h"

namespace hotline::knowledge {

/// KnowledgeService on the wire: checks requests, calls the use cases, and nothing else.
class KnowledgeHandler final : public v1::KnowledgeService::CallbackService {
 public:
  /// All must outlive the server this handler is registered with.
  KnowledgeHandler(Library& library, Answerer& answerer, Librarian& librarian, KnowledgeTable& table, SiteRegions sites,
                   platform::RpcResources rpc)
      : library_{library},
        answerer_{answerer},
        librarian_{librarian},
        table_{table},
        sites_{std::move(sites)},
        rpc_{rpc} {}

  grpc::ServerUnaryReactor* PublishArticle(grpc::CallbackServerContext* context,
                                           const v1::PublishArticleRequest* request,
                                           v1::PublishArticleResponse* response) override;
  grpc::ServerUnaryReactor* RetireArticle(grpc::CallbackServerContext* context, const v1::RetireArticleRequest* request,
                                          v1::RetireArticleResponse* response) override;
  grpc::ServerUnaryReactor* ImportArticles(grpc::CallbackServerContext* context,
                                           const v1::ImportArticlesRequest* request,
                                           v1::ImportArticlesResponse* response) override;
  grpc::ServerUnaryReactor* GetArticle(grpc::CallbackServerContext* context, const v1::GetArticleRequest* request,
                                       v1::GetArticleResponse* response) override;
  grpc::ServerUnaryReactor* ListArticles(grpc::CallbackServerContext* context, const v1::ListArticlesRequest* request,
                                         v1::ListArticlesResponse* response) override;
  grpc::ServerUnaryReactor* Ask(grpc::CallbackServerContext* context, const v1::AskRequest* request,
                                v1::AskResponse* response) override;
  grpc::ServerUnaryReactor* RankArticles(grpc::CallbackServerContext* context, const v1::RankArticlesRequest* request,
                                         v1::RankArticlesResponse* response) override;
  grpc::ServerUnaryReactor* ImportPhrases(grpc::CallbackServerContext* context, const v1::ImportPhrasesRequest* request,
                                          v1::ImportPhrasesResponse* response) override;
  grpc::ServerUnaryReactor* RetirePhrase(grpc::CallbackServerContext* context, const v1::RetirePhraseRequest* request,
                                         v1::RetirePhraseResponse* response) override;
  grpc::ServerUnaryReactor* SuggestPhrases(grpc::CallbackServerContext* context,
                                           const v1::SuggestPhrasesRequest* request,
                                           v1::SuggestPhrasesResponse* response) override;
  grpc::ServerUnaryReactor* ListGaps(grpc::CallbackServerContext* context, const v1::ListGapsRequest* request,
                                     v1::ListGapsResponse* response) override;
  grpc::ServerUnaryReactor* ListServedAnswers(grpc::CallbackServerContext* context,
                                              const v1::ListServedAnswersRequest* request,
                                              v1::ListServedAnswersResponse* response) override;

 private:
  [[nodiscard]] Day Today() const;
  /// What the commit of `tx` changes is asked for at once.
  void FreshenAfter(Transaction& tx) const;
  void Remember(const v1::AskRequest& request, const Question& question, const Choice& choice) const;

  Library& library_;
  Answerer& answerer_;
  Librarian& librarian_;
  KnowledgeTable& table_;
  const SiteRegions sites_;
  const platform::RpcResources rpc_;
};

}  // namespace hotline::knowledge
