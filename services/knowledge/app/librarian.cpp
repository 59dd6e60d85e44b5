#include "knowledge/app/librarian.h"

#include <absl/strings/str_cat.h>

namespace hotline::knowledge {

void Librarian::Save(Transaction& tx, Article& article, Time now) {
  const std::int64_t knowledge_version = table_.NextKnowledgeVersion(tx);
  article.changed_at_ms = now.time_since_epoch().count();
  table_.InsertArticle(tx, article, knowledge_version);
  events_.Changed(tx, article, knowledge_version, now);
}

ImportResult Librarian::Publish(Transaction& tx, std::span<const Article> articles, Time now) {
  table_.BeginChange(tx);
  ImportResult result;
  for (Article article : articles) {
    const std::optional<Article> newest = table_.NewestArticle(tx, article.id);
    if (newest && newest->SaysTheSameAs(article)) {
      ++result.unchanged;
      continue;
    }
    article.version = newest ? newest->version + 1 : 1;
    Save(tx, article, now);
    ++result.published;
  }
  result.knowledge_version = table_.KnowledgeVersion(tx);
  return result;
}

absl::StatusOr<Article> Librarian::Retire(Transaction& tx, std::string_view id, Time now) {
  table_.BeginChange(tx);
  std::optional<Article> newest = table_.NewestArticle(tx, id);
  if (!newest) return absl::NotFoundError(absl::StrCat("no article ", std::string{id}));
  if (newest->retired) return *newest;
  newest->retired = true;
  ++newest->version;
  Save(tx, *newest, now);
  return *newest;
}

ImportResult Librarian::PublishPhrases(Transaction& tx, std::span<const Phrase> phrases, Time now) {
  table_.BeginChange(tx);
  ImportResult result;
  for (const Phrase& phrase : phrases) {
    if (table_.FindPhrase(tx, phrase.id) == phrase) {
      ++result.unchanged;
      continue;
    }
    table_.PutPhrase(tx, phrase);
    events_.Changed(tx, phrase, table_.NextKnowledgeVersion(tx), now);
    ++result.published;
  }
  result.knowledge_version = table_.KnowledgeVersion(tx);
  return result;
}

absl::StatusOr<Phrase> Librarian::RetirePhrase(Transaction& tx, std::string_view id, Time now) {
  table_.BeginChange(tx);
  std::optional<Phrase> phrase = table_.FindPhrase(tx, id);
  if (!phrase) return absl::NotFoundError(absl::StrCat("no phrase ", std::string{id}));
  if (phrase->retired) return *phrase;
  phrase->retired = true;
  table_.PutPhrase(tx, *phrase);
  events_.Changed(tx, *phrase, table_.NextKnowledgeVersion(tx), now);
  return *phrase;
}

}  // namespace hotline::knowledge
