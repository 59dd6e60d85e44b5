#pragma once

#include "knowledge/app/ports.h"

namespace hotline::knowledge {

/// The record in SQL (migrations/). Stateless, thread-safe.
class SqlKnowledgeTable final : public KnowledgeTable {
 public:
  [[nodiscard]] std::int64_t KnowledgeVersion(Session& session) override;
  void BeginChange(Transaction& tx) override;
  std::int64_t NextKnowledgeVersion(Transaction& tx) override;
  [[nodiscard]] std::optional<Article> FindArticle(Session& session, std::string_view id,
                                                   std::int64_t version) override;
  [[nodiscard]] std::optional<Article> NewestArticle(Session& session, std::string_view id) override;
  [[nodiscard]] std::vector<Article> ChangedAfter(Session& session, std::int64_t knowledge_version) override;
  [[nodiscard]] std::vector<Article> NewestArticles(Session& session, std::string_view after_id, int limit) override;
  void InsertArticle(Transaction& tx, const Article& article, std::int64_t knowledge_version) override;
  [[nodiscard]] std::vector<Phrase> AllPhrases(Session& session) override;
  [[nodiscard]] std::optional<Phrase> FindPhrase(Session& session, std::string_view id) override;
  void PutPhrase(Transaction& tx, const Phrase& phrase) override;
  void CountGap(Transaction& tx, const Gap& asked) override;
  [[nodiscard]] std::vector<Gap> Gaps(Session& session, std::string_view region, std::int64_t offset,
                                      int limit) override;
  void RecordServed(Transaction& tx, const ServedAnswer& served) override;
  [[nodiscard]] std::vector<std::string> ServedIn(Session& session, std::string_view call_id) override;
  [[nodiscard]] std::vector<ServedAnswer> Served(Session& session, std::string_view article_id, std::int64_t version,
                                                 std::string_view region, std::int64_t offset, int limit) override;
  [[nodiscard]] std::vector<std::string> Suggested(Session& session, std::string_view call_id) override;
  void RememberSuggested(Transaction& tx, std::string_view call_id, std::string_view phrase_id) override;
};

}  // namespace hotline::knowledge
