#include "knowledge/adapters/sql_knowledge_table.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

namespace hotline::knowledge {
namespace {

using platform::Row;

constexpr char kBetweenQuestions = '\n';  // A question is one line: the wire refuses others.

constexpr std::string_view kArticleColumns =
    "article_id, version, title, site, region, document_number, clause, effective_from, effective_to, supersedes, "
    "department, text, questions, "
    "retired, changed_at";

Article ArticleFrom(const Row& row) {
  Article article{.id = row.Text(0),
                  .version = row.Int(1),
                  .title = row.Text(2),
                  .site = row.Text(3),
                  .region = row.Text(4),
                  .document_number = row.Text(5),
                  .clause = row.Text(6),
                  .effective_from = row.Text(7),
                  .effective_to = row.Text(8),
                  .supersedes = row.Text(9),
                  .department = row.Text(10),
                  .text = row.Text(11),
                  .retired = row.Int(13) != 0,
                  .changed_at_ms = row.Int(14)};
  article.questions = absl::StrSplit(row.Text(12), kBetweenQuestions, absl::SkipEmpty());
  return article;
}

std::vector<Article> ArticlesFrom(const std::vector<Row>& rows) {
  std::vector<Article> articles;
  articles.reserve(rows.size());
  for (const Row& row : rows) articles.push_back(ArticleFrom(row));
  return articles;
}

std::optional<Article> FirstArticle(const std::vector<Row>& rows) {
  if (rows.empty()) return std::nullopt;
  return ArticleFrom(rows.front());
}

Phrase PhraseFrom(const Row& row) {
  Phrase phrase{.id = row.Text(0),
                .situation = row.Text(1),
                .audience = row.Text(2),
                .text = row.Text(4),
                .avoid = row.Text(5),
                .retired = row.Int(6) != 0};
  if (row.Int(3) != 0) phrase.emotion = static_cast<language::Emotion>(row.Int(3));
  return phrase;
}

std::string Select(std::string_view rest) {
  return absl::StrCat("SELECT ", std::string{kArticleColumns}, " FROM articles ", std::string{rest});
}
std::string Str(std::string_view text) { return std::string{text}; }

}  // namespace

std::int64_t SqlKnowledgeTable::KnowledgeVersion(Session& session) {
  return session.Query("SELECT version FROM knowledge_version WHERE id = 1").at(0).Int(0);
}

void SqlKnowledgeTable::BeginChange(Transaction& tx) {
  tx.Query("SELECT version FROM knowledge_version WHERE id = 1 /*FOR UPDATE*/");
}

std::int64_t SqlKnowledgeTable::NextKnowledgeVersion(Transaction& tx) {
  tx.Write("UPDATE knowledge_version SET version = version + 1 WHERE id = 1");
  return KnowledgeVersion(tx);
}

std::optional<Article> SqlKnowledgeTable::FindArticle(Session& session, std::string_view id, std::int64_t version) {
  static const std::string kSql = Select("WHERE article_id = :1 AND version = :2");
  return FirstArticle(session.Query(kSql, {Str(id), version}));
}

std::optional<Article> SqlKnowledgeTable::NewestArticle(Session& session, std::string_view id) {
  static const std::string kSql = Select("WHERE article_id = :1 AND newest = 1");
  return FirstArticle(session.Query(kSql, {Str(id)}));
}

std::vector<Article> SqlKnowledgeTable::ChangedAfter(Session& session, std::int64_t knowledge_version) {
  static const std::string kSql = Select("WHERE knowledge_version > :1 ORDER BY knowledge_version, article_id");
  return ArticlesFrom(session.Query(kSql, {knowledge_version}));
}

std::vector<Article> SqlKnowledgeTable::NewestArticles(Session& session, std::string_view after_id, int limit) {
  static const std::string kSql = Select("WHERE article_id > :1 AND newest = 1 ORDER BY article_id LIMIT :2");
  return ArticlesFrom(session.Query(kSql, {Str(after_id), std::int64_t{limit}}));
}

void SqlKnowledgeTable::InsertArticle(Transaction& tx, const Article& a, std::int64_t knowledge_version) {
  tx.Write("UPDATE articles SET newest = 0 WHERE article_id = :1 AND newest = 1", {a.id});
  tx.Write(
      "INSERT INTO articles (article_id, version, title, site, region, document_number, clause, effective_from, "
      "effective_to, supersedes, department, "
      "text, questions, retired, changed_at, newest, knowledge_version) "
      "VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10, :11, :12, :13, :14, :15, 1, :16)",
      {a.id, a.version, a.title, a.site, a.region, a.document_number, a.clause, a.effective_from, a.effective_to,
       a.supersedes, a.department, a.text, absl::StrJoin(a.questions, std::string{kBetweenQuestions}),
       std::int64_t{a.retired}, a.changed_at_ms, knowledge_version});
}

std::vector<Phrase> SqlKnowledgeTable::AllPhrases(Session& session) {
  std::vector<Phrase> phrases;
  for (const Row& row : session.Query(
           "SELECT phrase_id, situation, audience, emotion, text, avoid, retired FROM phrases ORDER BY phrase_id")) {
    phrases.push_back(PhraseFrom(row));
  }
  return phrases;
}

std::optional<Phrase> SqlKnowledgeTable::FindPhrase(Session& session, std::string_view id) {
  const auto rows = session.Query(
      "SELECT phrase_id, situation, audience, emotion, text, avoid, retired FROM phrases WHERE phrase_id = :1",
      {Str(id)});
  if (rows.empty()) return std::nullopt;
  return PhraseFrom(rows.front());
}

void SqlKnowledgeTable::PutPhrase(Transaction& tx, const Phrase& p) {
  tx.Write(
      "INSERT INTO phrases (phrase_id, situation, audience, emotion, text, avoid, retired) VALUES (:1, :2, :3, :4, :5, "
      ":6, :7) "
      "ON CONFLICT (phrase_id) DO UPDATE SET situation = excluded.situation, audience = excluded.audience, emotion = "
      "excluded.emotion, "
      "text = excluded.text, avoid = excluded.avoid, retired = excluded.retired",
      {p.id, p.situation, p.audience, p.emotion ? static_cast<std::int64_t>(*p.emotion) : std::int64_t{0}, p.text,
       p.avoid, std::int64_t{p.retired}});
}

void SqlKnowledgeTable::CountGap(Transaction& tx, const Gap& asked) {
  tx.Write(
      "INSERT INTO gaps (question, region, reason, times_asked, last_asked_at, matter) VALUES (:1, :2, :3, 1, :4, :5) "
      "ON CONFLICT (question, region) DO UPDATE SET reason = excluded.reason, times_asked = gaps.times_asked + 1, "
      "last_asked_at = excluded.last_asked_at, "
      "matter = CASE WHEN excluded.matter = '' THEN gaps.matter ELSE excluded.matter END",
      {asked.question, asked.region, static_cast<std::int64_t>(asked.reason), asked.last_asked_ms, asked.matter});
}

std::vector<Gap> SqlKnowledgeTable::Gaps(Session& session, std::string_view region, std::int64_t offset, int limit) {
  std::vector<Gap> gaps;
  for (const Row& row : session.Query("SELECT question, matter, region, reason, times_asked, last_asked_at FROM gaps "
                                      "WHERE (:1 = '' OR region = :2) "
                                      "ORDER BY times_asked DESC, question, region LIMIT :3 OFFSET :4",
                                      {Str(region), Str(region), std::int64_t{limit}, offset})) {
    gaps.push_back({row.Text(0), row.Text(1), row.Text(2), static_cast<NoAnswer>(row.Int(3)), row.Int(4), row.Int(5)});
  }
  return gaps;
}

void SqlKnowledgeTable::RecordServed(Transaction& tx, const ServedAnswer& served) {
  tx.Write(
      "INSERT INTO served_answers (call_id, turn, question, article_id, article_version, served_at, region) "
      "VALUES (:1, :2, :3, :4, :5, :6, :7) ON CONFLICT (call_id, turn) DO NOTHING",
      {served.call_id, served.turn, served.question, served.article_id, served.article_version, served.served_ms,
       served.region});
}

std::vector<std::string> SqlKnowledgeTable::ServedIn(Session& session, std::string_view call_id) {
  std::vector<std::string> ids;
  for (const Row& row :
       session.Query("SELECT DISTINCT article_id FROM served_answers WHERE call_id = :1", {Str(call_id)}))
    ids.push_back(row.Text(0));
  return ids;
}

std::vector<ServedAnswer> SqlKnowledgeTable::Served(Session& session, std::string_view article_id, std::int64_t version,
                                                    std::string_view region, std::int64_t offset, int limit) {
  std::vector<ServedAnswer> served;
  for (const Row& row :
       session.Query("SELECT call_id, turn, question, article_id, article_version, served_at, region "
                     "FROM served_answers WHERE (:1 = '' OR article_id = :2) "
                     "AND (CAST(:3 AS BIGINT) = 0 OR article_version = :4) AND (:5 = '' OR region = :6) "
                     "ORDER BY article_id, article_version, call_id, turn LIMIT :7 OFFSET :8",
                     {Str(article_id), Str(article_id), version, version, Str(region), Str(region), std::int64_t{limit},
                      offset})) {
    served.push_back({row.Text(0), row.Int(1), row.Text(2), row.Text(3), row.Int(4), row.Int(5), row.Text(6)});
  }
  return served;
}

std::vector<std::string> SqlKnowledgeTable::Suggested(Session& session, std::string_view call_id) {
  std::vector<std::string> ids;
  for (const Row& row : session.Query("SELECT phrase_id FROM suggested_phrases WHERE call_id = :1", {Str(call_id)})) {
    ids.push_back(row.Text(0));
  }
  return ids;
}

void SqlKnowledgeTable::RememberSuggested(Transaction& tx, std::string_view call_id, std::string_view phrase_id) {
  tx.Write(
      "INSERT INTO suggested_phrases (call_id, phrase_id) VALUES (:1, :2) ON CONFLICT (call_id, phrase_id) DO NOTHING",
      {Str(call_id), Str(phrase_id)});
}

}  // namespace hotline::knowledge
