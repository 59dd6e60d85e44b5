#include "escalation/adapters/sql_call_table.h"

#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include "escalation/adapters/messages.h"

namespace hotline::escalation {
namespace {

using platform::Row;
using platform::Session;
using platform::Transaction;
using platform::Value;

constexpr std::string_view kCallColumns =
    "call_id, site, started_at, message, caller_tags, assessed_through, warned, waiting_since, closed_at, last_turn, "
    "conduct, soothed";

/// Reviews read at once: those of a year fit no memory.
constexpr std::int64_t kReviewPage = 2'000;

Value Milliseconds(Time time) { return std::int64_t{time.time_since_epoch().count()}; }

Value OrNull(const std::optional<Time>& time) { return time ? Milliseconds(*time) : Value{nullptr}; }

template <typename Enum>
Value Number(Enum value) {
  return std::int64_t{static_cast<int>(value)};
}

std::optional<Time> TimeOrNothing(const Row& row, std::size_t column) {
  if (row.IsNull(column)) return std::nullopt;
  return row.TimeAt(column);
}

std::vector<EarlierCase> HistoryOf(Session& session, const std::string& call_id) {
  std::vector<EarlierCase> history;
  for (const Row& row :
       session.Query("SELECT case_no, at, summary, topic, kind, open, dissatisfied, due_at, reopenings, returns FROM "
                     "earlier_cases WHERE call_id = :1 ORDER BY position",
                     {call_id})) {
    history.push_back({.case_no = row.Text(0),
                       .at = row.TimeAt(1),
                       .summary = row.Text(2),
                       .topic = row.Text(3),
                       .kind = static_cast<CaseKind>(row.Int(4)),
                       .open = row.Int(5) != 0,
                       .dissatisfied = row.Int(6) != 0,
                       .due_at = TimeOrNothing(row, 7),
                       .reopenings = static_cast<int>(row.Int(8)),
                       .returns = static_cast<int>(row.Int(9))});
  }
  return history;
}

/// An empty text: classification has spoken, and no encoder with it.
std::optional<SoothedVoice> SoothedAt(const Row& row, std::size_t column) {
  if (row.IsNull(column) || row.Text(column).empty()) return std::nullopt;
  return SoothedFrom(FromColumn<classification::v1::SoothedScores>(row.Text(column)));
}

WatchedCall CallFrom(Session& session, const Row& row) {
  WatchedCall call{.call_id = row.Text(0),
                   .site = row.Text(1),
                   .opening = std::nullopt,
                   .assessed_through = static_cast<int>(row.Int(5)),
                   .warned = static_cast<RiskLevel>(row.Int(6)),
                   .waiting_since = TimeOrNothing(row, 7),
                   .closed_at = TimeOrNothing(row, 8),
                   .last_turn = static_cast<int>(row.Int(9)),
                   .understood = !row.IsNull(11),
                   .soothed = SoothedAt(row, 11),
                   .reviewed = !row.IsNull(10)};
  if (row.IsNull(2)) return call;
  call.opening = CallOpening{.call_id = call.call_id,
                             .site = call.site,
                             .started_at = row.TimeAt(2),
                             .message = row.Int(3) != 0,
                             .caller_tags = {},
                             .history = HistoryOf(session, call.call_id)};
  if (!row.Text(4).empty()) call.opening->caller_tags = absl::StrSplit(row.Text(4), '\t');
  return call;
}

void KeepRisk(Transaction& tx, std::string_view column, const CallOpening& opening, const TurnRisk& risk,
              bool preliminary, std::string_view model) {
  tx.Write("UPDATE assessed_turns SET " + std::string{column} + " = :1 WHERE call_id = :2 AND turn = :3",
           {ToColumn(ToMessage(opening, risk, preliminary, model)), opening.call_id, std::int64_t{risk.turn}});
}

void KeepReading(Transaction& tx, std::string_view call_id, int turn,
                 const classification::v1::TurnUnderstood& reading) {
  tx.Write(
      "INSERT INTO turn_readings (call_id, turn, reading) VALUES (:1, :2, :3) ON CONFLICT (call_id, turn) DO NOTHING",
      {std::string{call_id}, std::int64_t{turn}, ToColumn(reading)});
}

/// Reviews from a call on, in the order in which the calls began.
std::vector<ReviewedCall> ReviewsFrom(Session& session, const ConductQuery& query, Time started_at,
                                      const std::string& after, std::int64_t limit) {
  std::vector<ReviewedCall> reviews;
  for (const Row& row : session.Query(
           "SELECT call_id, site, started_at, conduct FROM assessed_calls WHERE conduct IS NOT NULL AND message = 0 "
           "AND started_at >= :1 AND started_at < :2 AND (started_at > :3 OR call_id > :4) AND (:5 = 0 OR site = :6) "
           "ORDER BY started_at, call_id LIMIT :7",
           {Milliseconds(started_at), Milliseconds(query.until), Milliseconds(started_at), after,
            std::int64_t{!query.site.empty()}, query.site, limit})) {
    reviews.push_back({.call_id = row.Text(0),
                       .site = row.Text(1),
                       .started_at = row.TimeAt(2),
                       .conduct = ConductFrom(FromColumn<v1::Conduct>(row.Text(3)))});
  }
  return reviews;
}

/// Whether the call was opened: before, there is nothing to tell of it.
std::optional<Row> OpenedCall(Session& session, std::string_view call_id) {
  std::vector<Row> rows = session.Query(
      "SELECT conduct FROM assessed_calls WHERE call_id = :1 AND started_at IS NOT NULL", {std::string{call_id}});
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace

std::optional<WatchedCall> SqlCallTable::Find(Session& session, std::string_view call_id) {
  const std::vector<Row> rows = session.Query(
      "SELECT " + std::string{kCallColumns} + " FROM assessed_calls WHERE call_id = :1", {std::string{call_id}});
  if (rows.empty()) return std::nullopt;
  return CallFrom(session, rows.front());
}

WatchedCall SqlCallTable::Lock(Transaction& tx, std::string_view call_id, std::string_view site) {
  // An update that changes nothing takes the row's lock on both engines.
  const std::vector<Row> rows = tx.Query(
      "INSERT INTO assessed_calls (call_id, site, message, caller_tags, assessed_through, warned, last_turn) "
      "VALUES (:1, :2, 0, '', 0, :3, 0) ON CONFLICT (call_id) DO UPDATE SET site = assessed_calls.site RETURNING " +
          std::string{kCallColumns},
      {std::string{call_id}, std::string{site}, Number(RiskLevel::kGreen)});
  return CallFrom(tx, rows.front());
}

void SqlCallTable::Open(Transaction& tx, const CallOpening& opening) {
  tx.Write("UPDATE assessed_calls SET started_at = :1, message = :2, caller_tags = :3 WHERE call_id = :4",
           {Milliseconds(opening.started_at), std::int64_t{opening.message}, absl::StrJoin(opening.caller_tags, "\t"),
            opening.call_id});
  std::int64_t position = 0;
  for (const EarlierCase& earlier : opening.history) {
    tx.Write(
        "INSERT INTO earlier_cases (call_id, position, case_no, at, summary, topic, kind, open, dissatisfied, due_at, "
        "reopenings, returns) VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10, :11, :12)",
        {opening.call_id, position++, earlier.case_no, Milliseconds(earlier.at), earlier.summary, earlier.topic,
         Number(earlier.kind), std::int64_t{earlier.open}, std::int64_t{earlier.dissatisfied}, OrNull(earlier.due_at),
         std::int64_t{earlier.reopenings}, std::int64_t{earlier.returns}});
  }
}

void SqlCallTable::Save(Transaction& tx, const WatchedCall& call) {
  tx.Write(
      "UPDATE assessed_calls SET assessed_through = :1, warned = :2, waiting_since = :3, closed_at = :4, "
      "last_turn = :5 WHERE call_id = :6",
      {std::int64_t{call.assessed_through}, Number(call.warned), OrNull(call.waiting_since), OrNull(call.closed_at),
       std::int64_t{call.last_turn}, call.call_id});
}

void SqlCallTable::KeepUnderstood(Transaction& tx, std::string_view call_id,
                                  const std::optional<SoothedVoice>& soothed) {
  tx.Write("UPDATE assessed_calls SET soothed = :1 WHERE call_id = :2",
           {soothed ? ToColumn(ToMessage(*soothed)) : std::string{}, std::string{call_id}});
}

void SqlCallTable::KeepReview(Transaction& tx, std::string_view call_id, const Conduct& conduct) {
  tx.Write("UPDATE assessed_calls SET conduct = :1 WHERE call_id = :2",
           {ToColumn(ToMessage(conduct)), std::string{call_id}});
}

std::vector<WatchedTurn> SqlCallTable::Turns(Session& session, std::string_view call_id) {
  std::vector<WatchedTurn> turns;
  for (const Row& row : session.Query(
           "SELECT t.turn, t.speaker, t.at_ms, t.said_at, t.text, t.seen_at, t.final, r.reading FROM assessed_turns t "
           "LEFT JOIN turn_readings r ON r.call_id = t.call_id AND r.turn = t.turn WHERE t.call_id = :1 "
           "ORDER BY t.turn",
           {std::string{call_id}})) {
    WatchedTurn& turn = turns.emplace_back();
    turn.heard.turn = {.number = static_cast<int>(row.Int(0)),
                       .speaker = static_cast<Speaker>(row.Int(1)),
                       .at_ms = row.Int(2),
                       .said_at = row.TimeAt(3),
                       .text = row.Text(4)};
    turn.seen_at = row.TimeAt(5);
    if (!row.IsNull(6)) turn.final = RiskFrom(FromColumn<v1::TurnRiskAssessed>(row.Text(6)));
    if (!row.IsNull(7)) {
      const auto reading = FromColumn<classification::v1::TurnUnderstood>(row.Text(7));
      turn.heard.reading = ReadingFrom(reading);
      turn.heard.sentences = SentencesFrom(reading);
    }
  }
  return turns;
}

void SqlCallTable::AddTurn(Transaction& tx, std::string_view call_id, const Turn& turn, Time seen_at) {
  tx.Write(
      "INSERT INTO assessed_turns (call_id, turn, speaker, at_ms, said_at, text, seen_at) "
      "VALUES (:1, :2, :3, :4, :5, :6, :7)",
      {std::string{call_id}, std::int64_t{turn.number}, Number(turn.speaker), turn.at_ms, Milliseconds(turn.said_at),
       turn.text, Milliseconds(seen_at)});
}

void SqlCallTable::AddReading(Transaction& tx, std::string_view call_id, int turn, const TurnReading& reading) {
  KeepReading(tx, call_id, turn, ToMessage(reading));
}

void SqlCallTable::AddSentences(Transaction& tx, std::string_view call_id, int turn,
                                std::span<const HeardSentence> sentences) {
  KeepReading(tx, call_id, turn, ToMessage(sentences));
}

void SqlCallTable::KeepPreliminary(Transaction& tx, const CallOpening& opening, const TurnRisk& risk,
                                   std::string_view model) {
  KeepRisk(tx, "preliminary", opening, risk, /*preliminary=*/true, model);
}

void SqlCallTable::KeepFinal(Transaction& tx, const CallOpening& opening, const TurnRisk& risk,
                             std::string_view model) {
  KeepRisk(tx, "final", opening, risk, /*preliminary=*/false, model);
}

std::vector<std::string> SqlCallTable::Waiting(Session& session, Time since, int limit) {
  std::vector<std::string> call_ids;
  for (const Row& row :
       session.Query("SELECT call_id FROM assessed_calls WHERE waiting_since <= :1 ORDER BY waiting_since LIMIT :2",
                     {Milliseconds(since), std::int64_t{limit}})) {
    call_ids.push_back(row.Text(0));
  }
  return call_ids;
}

std::optional<v1::GetCallRiskResponse> SqlCallTable::Risk(Session& session, std::string_view call_id) {
  if (!OpenedCall(session, call_id)) return std::nullopt;
  v1::GetCallRiskResponse response;
  response.set_level(common::v1::RISK_LEVEL_GREEN);
  for (const Row& row : session.Query("SELECT COALESCE(final, preliminary) FROM assessed_turns WHERE call_id = :1 AND "
                                      "(final IS NOT NULL OR preliminary IS NOT NULL) ORDER BY turn",
                                      {std::string{call_id}})) {
    *response.add_turns() = FromColumn<v1::TurnRiskAssessed>(row.Text(0));
    response.set_level(response.turns().rbegin()->level());
  }
  return response;
}

std::optional<SqlCallTable::Review> SqlCallTable::ReviewOf(Session& session, std::string_view call_id) {
  const std::optional<Row> row = OpenedCall(session, call_id);
  if (!row) return std::nullopt;
  Review review;
  if (!row->IsNull(0)) review.conduct = FromColumn<v1::Conduct>(row->Text(0));
  return review;
}

ConductSummary SqlCallTable::Summary(Session& session, const ConductQuery& query) {
  ConductSummary summary;
  Time started_at = query.since;
  std::string last;
  for (;;) {
    const std::vector<ReviewedCall> reviews = ReviewsFrom(session, query, started_at, last, kReviewPage);
    for (const ReviewedCall& review : reviews) summary.Add(review);
    if (static_cast<std::int64_t>(reviews.size()) < kReviewPage) return summary;
    started_at = reviews.back().started_at;
    last = reviews.back().call_id;
  }
}

}  // namespace hotline::escalation
