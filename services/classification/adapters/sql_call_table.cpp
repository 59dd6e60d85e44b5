#include "classification/adapters/sql_call_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include "classification/adapters/messages.h"
#include "classification/domain/places.h"
#include "classification/domain/slots.h"
#include "contracts/timestamp.h"
#include "platform/bytes.h"

namespace hotline::classification {
namespace {

using platform::Row;

std::int64_t Milliseconds(Time time) { return time.time_since_epoch().count(); }

std::string Bytes(const google::protobuf::Message& message) { return platform::ToBase64(message.SerializeAsString()); }

template <typename Message>
Message FromBytes(const std::string& text) {
  Message message;
  const absl::StatusOr<std::string> bytes = platform::FromBase64(text);
  if (!bytes.ok() || !message.ParseFromString(*bytes)) throw std::runtime_error("a stored understanding is damaged");
  return message;
}

/// Heat halves in a week. Kept as log2 of the sum of 2^(t/week) over the cases: so it never has to be aged, and the
/// order of issues changes only when something happens to them.
constexpr double kHalfLifeMs = 7.0 * 24 * 3600 * 1000;

double LogHeat(Time at) { return static_cast<double>(Milliseconds(at)) / kHalfLifeMs; }

double Add(double log_heat, double log_more) {
  const double top = std::max(log_heat, log_more);
  return top + std::log2(std::exp2(log_heat - top) + std::exp2(log_more - top));
}

struct PageToken {
  double heat;
  std::string key;
};

std::optional<PageToken> ParseToken(std::string_view token) {
  const std::size_t slash = token.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == token.size()) return std::nullopt;
  const std::string number{token.substr(0, slash)};
  char* end = nullptr;
  const double heat = std::strtod(number.c_str(), &end);
  if (*end != '\0' || !std::isfinite(heat)) return std::nullopt;
  return PageToken{heat, std::string{token.substr(slash + 1)}};
}

std::string TokenAfter(double heat, const std::string& key) {
  char number[40];
  std::snprintf(number, sizeof number, "%.17g", heat);
  return std::string{number} + "/" + key;
}

}  // namespace

void SqlCallTable::Insert(platform::Transaction& tx, const CallOpening& opening) {
  tx.Write(
      "INSERT INTO understood_calls (call_id, site, region, started_at, message, caller_tags) VALUES (:1, :2, :3, :4, "
      ":5, :6) "
      "ON CONFLICT (call_id) DO NOTHING",
      {opening.call_id, opening.site, opening.region, Milliseconds(opening.started_at), std::int64_t{opening.message},
       absl::StrJoin(opening.caller_tags, "\t")});
}

std::optional<HeardCall> SqlCallTable::Find(platform::Session& session, std::string_view call_id) {
  const std::vector<Row> calls = session.Query(
      "SELECT call_id, site, region, started_at, message, caller_tags FROM understood_calls WHERE call_id = :1",
      {std::string{call_id}});
  if (calls.empty()) return std::nullopt;
  const Row& row = calls.front();
  HeardCall call{.opening = {.call_id = row.Text(0),
                             .site = row.Text(1),
                             .region = row.Text(2),
                             .started_at = row.TimeAt(3),
                             .caller_tags = {},
                             .message = row.Int(4) != 0},
                 .turns = {}};
  if (!row.Text(5).empty()) call.opening.caller_tags = absl::StrSplit(row.Text(5), '\t');
  for (const Row& turn : session.Query("SELECT turn, speaker, said_at, text, title FROM understood_turns "
                                       "WHERE call_id = :1 ORDER BY turn",
                                       {std::string{call_id}})) {
    call.turns.push_back({.number = static_cast<int>(turn.Int(0)),
                          .speaker = static_cast<Speaker>(turn.Int(1)),
                          .text = turn.Text(3),
                          .said_at = turn.TimeAt(2),
                          .title = turn.Text(4)});
  }
  return call;
}

std::vector<CallerReading> SqlCallTable::Readings(platform::Session& session, std::string_view call_id) {
  std::vector<CallerReading> readings;
  for (const Row& row :
       session.Query("SELECT understanding FROM understood_turns WHERE call_id = :1 AND speaker = :2 ORDER BY turn",
                     {std::string{call_id}, static_cast<std::int64_t>(Speaker::kCaller)}))
    readings.push_back(ReadingFrom(FromBytes<v1::TurnUnderstood>(row.Text(0))));
  return readings;
}

void SqlCallTable::AddTurn(platform::Transaction& tx, const CallOpening& opening, const Turn& turn,
                           const TurnUnderstanding& understanding, std::string_view model) {
  const std::int64_t emotion = understanding.emotion ? static_cast<std::int64_t>(*understanding.emotion) : 0;
  const std::string emotions = absl::StrJoin(understanding.emotions, " ");
  tx.Write(
      "INSERT INTO understood_turns (call_id, turn, speaker, said_at, text, title, emotion, emotions, understanding) "
      "VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9)",
      {opening.call_id, std::int64_t{turn.number}, static_cast<std::int64_t>(turn.speaker), Milliseconds(turn.said_at),
       turn.text, turn.title, emotion, emotions, Bytes(ToMessage(opening, turn, understanding, model))});
}

void SqlCallTable::Close(platform::Transaction& tx, const CallOpening& opening, const CallUnderstanding& understanding,
                         std::string_view model) {
  tx.Write("UPDATE understood_calls SET understanding = :1 WHERE call_id = :2",
           {Bytes(ToMessage(opening, understanding, model)), opening.call_id});
}

void SqlCallTable::Sight(platform::Transaction& tx, const IssueSighting& sighting) {
  const std::int64_t at = Milliseconds(sighting.at);
  const std::int64_t added = tx.Execute(
      "INSERT INTO hot_issues (site, hot_issue, title, place, topic, cases, first_at, last_at, heat) "
      "VALUES (:1, :2, :3, :4, :5, 1, :6, :7, :8) ON CONFLICT (site, hot_issue) DO NOTHING",
      {sighting.site, sighting.hot_issue, sighting.title, sighting.place, sighting.topic, at, at,
       LogHeat(sighting.at)});
  if (added == 1) return;
  const std::vector<Row> known =
      tx.Query("SELECT heat, first_at, last_at FROM hot_issues WHERE site = :1 AND hot_issue = :2 /*FOR UPDATE*/",
               {sighting.site, sighting.hot_issue});
  tx.Write(
      "UPDATE hot_issues SET cases = cases + 1, first_at = :1, last_at = :2, heat = :3 WHERE site = :4 AND hot_issue = "
      ":5",
      {std::min(known.front().Int(1), at), std::max(known.front().Int(2), at),
       Add(known.front().Real(0), LogHeat(sighting.at)), sighting.site, sighting.hot_issue});
}

std::optional<v1::GetUnderstandingResponse> SqlCallTable::Understanding(platform::Session& session,
                                                                        std::string_view call_id) {
  const std::vector<Row> calls =
      session.Query("SELECT understanding FROM understood_calls WHERE call_id = :1", {std::string{call_id}});
  if (calls.empty()) return std::nullopt;
  v1::GetUnderstandingResponse response;
  if (!calls.front().IsNull(0)) *response.mutable_call() = FromBytes<v1::CallUnderstood>(calls.front().Text(0));
  for (const Row& row : session.Query("SELECT understanding FROM understood_turns WHERE call_id = :1 ORDER BY turn",
                                      {std::string{call_id}})) {
    *response.add_turns() = FromBytes<v1::TurnUnderstood>(row.Text(0));
  }
  return response;
}

bool SqlCallTable::IsPageToken(std::string_view token) { return ParseToken(token).has_value(); }

v1::ListHotIssuesResponse SqlCallTable::Issues(platform::Session& session, const IssueQuery& query) {
  const PageToken after = ParseToken(query.after).value_or(PageToken{1e18, ""});
  const std::vector<Row> rows = session.Query(
      "SELECT hot_issue, title, place, topic, cases, first_at, last_at, heat FROM hot_issues "
      "WHERE site = :1 AND cases >= 2 AND last_at >= :2 AND (heat < :3 OR (heat = :4 AND hot_issue > :5)) "
      "ORDER BY heat DESC, hot_issue LIMIT :6",
      {query.site, Milliseconds(query.since), after.heat, after.heat, after.key, std::int64_t{query.limit} + 1});
  // Heat is told as of the site's latest case: the calls' clock, not the wall's.
  const std::vector<Row> latest = session.Query("SELECT MAX(last_at) FROM hot_issues WHERE site = :1", {query.site});
  const double now = latest.empty() ? 0 : static_cast<double>(latest.front().Int(0)) / kHalfLifeMs;
  v1::ListHotIssuesResponse response;
  for (const Row& row : rows) {
    if (response.issues_size() == query.limit) {
      const Row& last = rows[static_cast<std::size_t>(query.limit) - 1];
      response.set_next_page_token(TokenAfter(last.Real(7), last.Text(0)));
      break;
    }
    v1::HotIssue& issue = *response.add_issues();
    issue.set_hot_issue(row.Text(0));
    if (!IsOnlyAnArea(row.Text(2))) issue.set_neighbourhood(std::string{NeighbourhoodOf(issue.hot_issue())});
    issue.set_title(row.Text(1));
    issue.set_place(row.Text(2));
    issue.set_topic(row.Text(3));
    issue.set_cases(static_cast<int>(row.Int(4)));
    *issue.mutable_first_at() = contracts::ToTimestamp(row.TimeAt(5));
    *issue.mutable_last_at() = contracts::ToTimestamp(row.TimeAt(6));
    issue.set_heat(std::exp2(row.Real(7) - now));
  }
  return response;
}

}  // namespace hotline::classification
