#include "intake/adapters/sql_call_feed.h"

#include <stdexcept>
#include <utility>

#include "intake/adapters/sql_text.h"
#include "intake/adapters/understanding_messages.h"
#include "platform/bytes.h"

namespace hotline::intake {
namespace {

std::string Bytes(const std::string& base64) {
  auto bytes = platform::FromBase64(base64);
  if (!bytes.ok()) throw std::runtime_error{"call_feed holds what is not base64"};
  return *std::move(bytes);
}

std::vector<std::string> PayloadsOf(Session& session, std::string_view call_id, FeedKind kind) {
  std::vector<std::string> payloads;
  for (const platform::Row& row :
       session.Query("SELECT payload FROM call_feed WHERE call_id = :1 AND kind = :2 ORDER BY position",
                     {std::string{call_id}, Number(kind)})) {
    payloads.push_back(Bytes(row.Text(0)));
  }
  return payloads;
}

}  // namespace

void SqlCallFeed::Append(Transaction& tx, std::string_view call_id, const FeedEntry& entry) {
  tx.Write("INSERT INTO call_feed (call_id, position, kind, payload) VALUES (:1, :2, :3, :4)",
           {std::string{call_id}, entry.position, Number(entry.kind), platform::ToBase64(entry.payload)});
}

std::vector<FeedEntry> SqlCallFeed::Read(Session& session, std::string_view call_id, std::int64_t after, int limit) {
  std::vector<FeedEntry> entries;
  for (const platform::Row& row : session.Query(
           "SELECT position, kind, payload FROM call_feed WHERE call_id = :1 AND position > :2 ORDER BY position LIMIT "
           ":3",
           {std::string{call_id}, after, std::int64_t{limit}})) {
    entries.push_back(
        {.position = row.Int(0), .kind = static_cast<FeedKind>(row.Int(1)), .payload = Bytes(row.Text(2))});
  }
  return entries;
}

std::vector<KnowledgeAnswer> SqlCallFeed::Answers(Session& session, std::string_view call_id) {
  std::vector<KnowledgeAnswer> answers;
  for (const std::string& payload : PayloadsOf(session, call_id, FeedKind::kAdvice)) {
    if (auto answer = AnswerIn(payload)) answers.push_back(*std::move(answer));
  }
  return answers;
}

std::optional<HeardPeril> SqlCallFeed::Peril(Session& session, std::string_view call_id) {
  for (const std::string& payload : PayloadsOf(session, call_id, FeedKind::kAlert)) {
    if (IsFalseRed(payload)) return std::nullopt;
  }
  std::optional<HeardPeril> last;
  for (const std::string& payload : PayloadsOf(session, call_id, FeedKind::kRisk)) {
    if (auto heard = PerilIn(payload)) last = std::move(heard);
  }
  return last;
}

std::optional<CallUnderstanding> SqlCallFeed::Understanding(Session& session, std::string_view call_id) {
  const std::vector<std::string> payloads = PayloadsOf(session, call_id, FeedKind::kCallUnderstood);
  if (payloads.empty()) return std::nullopt;
  return UnderstandingIn(payloads.back());
}

}  // namespace hotline::intake
