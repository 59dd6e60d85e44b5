#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "knowledge/domain/answer.h"
#include "knowledge/domain/article.h"
#include "knowledge/domain/phrase.h"
#include "platform/store/store.h"
#include "platform/time.h"

// What the use cases need of the outside, as they see it; adapters/ speaks SQL, Xapian and protobuf for them.
namespace hotline::knowledge {

using platform::Session;
using platform::Time;
using platform::Transaction;

/// A question that had no answer.
struct Gap {
  std::string question;  ///< As it was asked, without the region.
  std::string matter;    ///< What the call was about: "高龄津贴"; empty where nobody knows.
  std::string region;
  NoAnswer reason = NoAnswer::kNothingFound;
  std::int64_t times_asked = 0;
  std::int64_t last_asked_ms = 0;
};

/// An answer that somebody was given.
struct ServedAnswer {
  std::string call_id;
  std::int64_t turn = 0;
  std::string question;
  std::string article_id;
  std::int64_t article_version = 0;
  std::int64_t served_ms = 0;
  std::string region;  ///< Where it was asked for.
};

/// The record: articles with all their versions, phrases, gaps and who was told what. Runs inside the caller's
/// transaction or read; throws platform::StoreError.
class KnowledgeTable {
 public:
  virtual ~KnowledgeTable() = default;

  [[nodiscard]] virtual std::int64_t KnowledgeVersion(Session& session) = 0;
  /// Waits for another change in hand; from here to the commit there is none. Before anything is read that it hangs on.
  virtual void BeginChange(Transaction& tx) = 0;
  /// Counts one change; returns the new version.
  virtual std::int64_t NextKnowledgeVersion(Transaction& tx) = 0;

  [[nodiscard]] virtual std::optional<Article> FindArticle(Session& session, std::string_view id,
                                                           std::int64_t version) = 0;
  [[nodiscard]] virtual std::optional<Article> NewestArticle(Session& session, std::string_view id) = 0;
  /// Every version that came after `knowledge_version`, oldest first.
  [[nodiscard]] virtual std::vector<Article> ChangedAfter(Session& session, std::int64_t knowledge_version) = 0;
  /// Newest versions after `after_id`, in order of id.
  [[nodiscard]] virtual std::vector<Article> NewestArticles(Session& session, std::string_view after_id, int limit) = 0;
  /// Makes `article` the newest version of its id.
  virtual void InsertArticle(Transaction& tx, const Article& article, std::int64_t knowledge_version) = 0;

  [[nodiscard]] virtual std::vector<Phrase> AllPhrases(Session& session) = 0;
  [[nodiscard]] virtual std::optional<Phrase> FindPhrase(Session& session, std::string_view id) = 0;
  virtual void PutPhrase(Transaction& tx, const Phrase& phrase) = 0;

  virtual void CountGap(Transaction& tx, const Gap& asked) = 0;
  /// Most asked first; every region when it is empty.
  [[nodiscard]] virtual std::vector<Gap> Gaps(Session& session, std::string_view region, std::int64_t offset,
                                              int limit) = 0;

  /// Keeps the first answer of a turn: an event that comes again changes nothing.
  virtual void RecordServed(Transaction& tx, const ServedAnswer& served) = 0;
  /// The articles that were served in a call.
  [[nodiscard]] virtual std::vector<std::string> ServedIn(Session& session, std::string_view call_id) = 0;
  /// All when `article_id` is empty; all versions when `version` is 0; every region when it is empty.
  [[nodiscard]] virtual std::vector<ServedAnswer> Served(Session& session, std::string_view article_id,
                                                         std::int64_t version, std::string_view region,
                                                         std::int64_t offset, int limit) = 0;

  /// Ids of the phrases that were suggested in a call.
  [[nodiscard]] virtual std::vector<std::string> Suggested(Session& session, std::string_view call_id) = 0;
  virtual void RememberSuggested(Transaction& tx, std::string_view call_id, std::string_view phrase_id) = 0;
};

/// Finds articles by the words of a question. Thread-safe; holds what it was given in memory, every version that is in
/// force on some day.
class ArticleIndex {
 public:
  virtual ~ArticleIndex() = default;

  /// Adds a version. It takes over from the earlier ones of its id on the day it comes into force; a retired one takes
  /// all of them out. Giving a version again changes nothing.
  virtual void Put(const Article& article) = 0;

  struct Filter {
    std::string region;
    Day day;
  };
  /// The best `top` candidates in force on the day in the region: what is not is never ranked.
  [[nodiscard]] virtual std::vector<Candidate> Search(std::string_view question, const Filter& filter,
                                                      std::size_t top) const = 0;
  /// The same without filters: only to explain why there is no answer.
  [[nodiscard]] virtual std::vector<Candidate> SearchAnywhere(std::string_view question, std::size_t top) const = 0;

  /// A version that is in force on some day, with its days; nothing for one that was retired or never there.
  [[nodiscard]] virtual std::optional<Article> Find(std::string_view id, std::int64_t version) const = 0;
};

/// What identifies a choice for ever: a cached one can only be the same or forgotten.
struct ChoiceKey {
  std::int64_t knowledge_version = 0;
  std::string newest_change;  ///< Tells records apart whose versions are the same: one restored, or another hotline's.
  std::string region;
  Day day;
  std::string question;
};

/// A choice as caches keep it: which article, not what it says.
struct RememberedChoice {
  std::string article_id;  ///< Empty: no answer.
  std::int64_t article_version = 0;
  double coverage = 0;
  NoAnswer reason = NoAnswer::kNothingFound;
  std::string note;
  Time chosen_at;
};

/// Remembers hot answers. A cache that is away is a miss.
class ChoiceCache {
 public:
  virtual ~ChoiceCache() = default;
  [[nodiscard]] virtual std::optional<RememberedChoice> Find(const ChoiceKey& key) = 0;
  virtual void Put(const ChoiceKey& key, const RememberedChoice& choice) = 0;
};

/// Help for the agent after a caller's turn.
struct Advice {
  std::string call_id;
  std::string site;
  int turn = 0;
  Time said_at;
  std::optional<Phrase> phrase;
  std::optional<Candidate> answer;
  std::string question;  ///< What `answer` answers.
  std::string note;
  std::string gap;  ///< The question that had no answer.
  std::int64_t knowledge_version = 0;
  std::optional<std::int64_t> unconfirmed_s;  ///< Set when the record could not be asked for so many seconds.
};

/// What leaves for the other services, in the caller's transaction.
class KnowledgeEvents {
 public:
  virtual ~KnowledgeEvents() = default;
  virtual void Changed(Transaction& tx, const Article& article, std::int64_t knowledge_version, Time at) = 0;
  virtual void Changed(Transaction& tx, const Phrase& phrase, std::int64_t knowledge_version, Time at) = 0;
  virtual void Given(Transaction& tx, const Advice& advice) = 0;
};

}  // namespace hotline::knowledge
