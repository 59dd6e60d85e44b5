#include "escalation/adapters/sql_alert_table.h"

#include <chrono>
#include <utility>

#include "escalation/adapters/messages.h"

namespace hotline::escalation {
namespace {

using platform::Row;
using platform::Session;
using platform::Transaction;
using platform::Value;

/// By how much the clocks of the processes that write may differ.
constexpr std::chrono::seconds kClockError{1};

// Whole alerts are read in this order of columns.
constexpr std::string_view kColumns =
    "a.alert_id, a.call_id, a.site, a.turn, a.level, a.risk, a.reasons, a.raised_at, a.state, a.actor, a.verdict, "
    "a.verdict_note, a.suggestion, a.version";
constexpr std::size_t kColumnCount = 14;

Value Milliseconds(Time time) { return std::int64_t{time.time_since_epoch().count()}; }

template <typename Enum>
Value Number(Enum value) {
  return std::int64_t{static_cast<int>(value)};
}

template <typename Enum>
Value OrNull(const std::optional<Enum>& value) {
  return value ? Number(*value) : Value{nullptr};
}

std::string ReasonsColumn(const Alert& alert) {
  Alert reasons;
  reasons.reasons = alert.reasons;
  return ToColumn(ToMessage(reasons));
}

Alert AlertFrom(const Row& row) {
  Alert alert{.alert_id = row.Text(0),
              .call_id = row.Text(1),
              .site = row.Text(2),
              .turn = static_cast<int>(row.Int(3)),
              .level = static_cast<RiskLevel>(row.Int(4)),
              .risk = row.Real(5),
              .reasons = ReasonsFrom(FromColumn<v1::Alert>(row.Text(6)).reasons()),
              .raised_at = row.TimeAt(7),
              .state = static_cast<AlertState>(row.Int(8)),
              .version = row.Int(13),
              .actor = row.Text(9),
              .verdict = std::nullopt,
              .verdict_note = row.Text(11),
              .suggestion = row.Text(12)};
  if (!row.IsNull(10)) alert.verdict = static_cast<Verdict>(row.Int(10));
  return alert;
}

void Remember(Transaction& tx, const Alert& alert, const AlertChange& change) {
  tx.Write(
      "INSERT INTO alert_changes (alert_id, site, version, action, actor, at, note) VALUES (:1, :2, :3, :4, :5, :6, "
      ":7)",
      {alert.alert_id, alert.site, alert.version, Number(change.action), change.actor, Milliseconds(change.at),
       change.note});
}

/// WHERE conditions and their parameters, numbered in the order they come.
class Conditions {
 public:
  /// `text` ends where the parameter stands: "site = ".
  void Add(std::string_view text, Value value) {
    Begin();
    sql_ += text;
    sql_ += Bind(std::move(value));
  }
  void AddNone(std::string_view column) {
    Begin();
    sql_ += std::string{column} + " IS NULL";
  }
  void AddOf(std::string_view table, const std::string& site) {
    if (!site.empty()) Add(std::string{table} + "site = ", site);
  }
  void AddAfter(const AlertPosition& position) {
    Begin();
    sql_ += "(a.raised_at < " + Bind(Milliseconds(position.raised_at));
    sql_ += " OR (a.raised_at = " + Bind(Milliseconds(position.raised_at));
    sql_ += " AND a.alert_id < " + Bind(position.alert_id) + "))";
  }
  std::string Bind(Value value) {
    values_.push_back(std::move(value));
    return ":" + std::to_string(values_.size());
  }

  [[nodiscard]] const std::string& sql() const { return sql_; }
  [[nodiscard]] const std::vector<Value>& values() const { return values_; }

 private:
  void Begin() { sql_ += sql_.empty() ? " WHERE " : " AND "; }

  std::string sql_;
  std::vector<Value> values_;
};

/// What happened in a span of time, by a column of times.
Conditions Within(std::string_view column, std::string_view table, const CalibrationQuery& query) {
  Conditions where;
  where.Add(std::string{column} + " >= ", Milliseconds(query.since));
  where.Add(std::string{column} + " < ", Milliseconds(query.until));
  where.AddOf(table, query.site);
  return where;
}

std::int64_t CountRows(Session& session, std::string_view from, const Conditions& where) {
  return session.Query("SELECT count(*) FROM " + std::string{from} + where.sql(), where.values()).front().Int(0);
}

}  // namespace

std::optional<Alert> SqlAlertTable::Find(Session& session, std::string_view alert_id) {
  const std::vector<Row> rows = session.Query(
      "SELECT " + std::string{kColumns} + " FROM alerts a WHERE a.alert_id = :1", {std::string{alert_id}});
  if (rows.empty()) return std::nullopt;
  return AlertFrom(rows.front());
}

bool SqlAlertTable::HasAlert(Session& session, std::string_view call_id) {
  return !session.Query("SELECT 1 FROM alerts WHERE call_id = :1 LIMIT 1", {std::string{call_id}}).empty();
}

AlertPage SqlAlertTable::List(Session& session, const AlertQuery& query) {
  Conditions where;
  where.AddOf("a.", query.site);
  if (query.state) where.Add("a.state = ", Number(*query.state));
  if (query.min_level) where.Add("a.level >= ", Number(*query.min_level));
  if (!query.call_id.empty()) where.Add("a.call_id = ", query.call_id);
  if (query.after) where.AddAfter(*query.after);
  // One row more than asked for tells whether there is another page.
  const std::string limit = where.Bind(std::int64_t{query.limit} + 1);
  AlertPage page;
  for (const Row& row : session.Query("SELECT " + std::string{kColumns} + " FROM alerts a" + where.sql() +
                                          " ORDER BY a.raised_at DESC, a.alert_id DESC LIMIT " + limit,
                                      where.values())) {
    page.alerts.push_back(AlertFrom(row));
  }
  page.more = page.alerts.size() > static_cast<std::size_t>(query.limit);
  if (page.more) page.alerts.pop_back();
  return page;
}

AlertFeedPage SqlAlertTable::ChangesAfter(Session& session, std::string_view site, std::int64_t cursor, int limit,
                                          Time wall) {
  // Read across sites, for a gap in the numbers shows only there; numbers are given before the commit.
  AlertFeedPage page{.alerts = {}, .cursor = cursor};
  std::optional<std::chrono::milliseconds> longest_open;
  for (const Row& row : session.Query("SELECT " + std::string{kColumns} +
                                          ", c.id, c.at FROM alert_changes c JOIN alerts a ON a.alert_id = c.alert_id "
                                          "WHERE c.id > :1 ORDER BY c.id LIMIT :2",
                                      {cursor, std::int64_t{limit}})) {
    const std::int64_t number = row.Int(kColumnCount);
    const bool gap = number != page.cursor + 1;
    if (gap && !longest_open) longest_open = session.LongestOpen();
    // The missing number may be held by a transaction that was open when this row was written, and still is.
    if (gap && longest_open->count() > 0 && wall - row.TimeAt(kColumnCount + 1) < *longest_open + kClockError) break;
    page.cursor = number;
    if (site.empty() || row.Text(2) == site) page.alerts.push_back({.number = number, .alert = AlertFrom(row)});
  }
  return page;
}

std::int64_t SqlAlertTable::LastChange(Session& session) {
  return session.Query("SELECT coalesce(max(id), 0) FROM alert_changes").front().Int(0);
}

void SqlAlertTable::Insert(Transaction& tx, const Alert& alert, const AlertChange& change) {
  tx.Write(
      "INSERT INTO alerts (alert_id, call_id, site, turn, level, risk, reasons, raised_at, state, actor, verdict, "
      "verdict_note, suggestion, version) VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10, :11, :12, :13, :14)",
      {alert.alert_id, alert.call_id, alert.site, std::int64_t{alert.turn}, Number(alert.level), alert.risk,
       ReasonsColumn(alert), Milliseconds(alert.raised_at), Number(alert.state), alert.actor, OrNull(alert.verdict),
       alert.verdict_note, alert.suggestion, alert.version});
  Remember(tx, alert, change);
}

absl::Status SqlAlertTable::Update(Transaction& tx, const Alert& alert, const AlertChange& change) {
  const bool judged = change.action == AlertAction::kJudged;
  const std::int64_t changed = tx.Execute(
      "UPDATE alerts SET state = :1, actor = :2, verdict = :3, verdict_note = :4, version = :5, "
      "judged_at = COALESCE(CAST(:6 AS BIGINT), judged_at) WHERE alert_id = :7 AND version = :8",
      {Number(alert.state), alert.actor, OrNull(alert.verdict), alert.verdict_note, alert.version,
       judged ? Milliseconds(change.at) : Value{nullptr}, alert.alert_id, alert.version - 1});
  if (changed == 0) return absl::AbortedError("the alert was changed meanwhile");
  Remember(tx, alert, change);
  return absl::OkStatus();
}

void SqlAlertTable::KeepMissed(Transaction& tx, const MissedCall& missed) {
  tx.Write(
      "INSERT INTO missed_calls (call_id, site, turn, note, actor, reported_at) VALUES (:1, :2, :3, :4, :5, :6) "
      "ON CONFLICT (call_id) DO UPDATE SET turn = excluded.turn, note = excluded.note, actor = excluded.actor, "
      "reported_at = excluded.reported_at",
      {missed.call_id, missed.site, std::int64_t{missed.turn}, missed.note, missed.actor, Milliseconds(missed.at)});
}

CalibrationCounts SqlAlertTable::Count(Session& session, const CalibrationQuery& query) {
  CalibrationCounts counts;
  counts.calls = CountRows(session, "assessed_calls", Within("started_at", "", query));
  counts.alerts = CountRows(session, "alerts", Within("raised_at", "", query));
  // An alert that came after the report was late, not missing.
  Conditions reported = Within("m.reported_at", "m.", query);
  reported.AddNone("a.call_id");
  counts.missed = CountRows(session, "missed_calls m LEFT JOIN alerts a ON a.call_id = m.call_id", reported);
  const Conditions judged = Within("a.judged_at", "a.", query);
  for (const Row& row : session.Query("SELECT a.level, a.risk, a.verdict, c.last_turn - a.turn, c.closed_at FROM "
                                      "alerts a JOIN assessed_calls c ON c.call_id = a.call_id" +
                                          judged.sql(),
                                      judged.values())) {
    JudgedAlert& alert = counts.judged.emplace_back(JudgedAlert{.level = static_cast<RiskLevel>(row.Int(0)),
                                                                .risk = row.Real(1),
                                                                .verdict = static_cast<Verdict>(row.Int(2)),
                                                                .lead_turns = std::nullopt});
    if (!row.IsNull(4)) alert.lead_turns = static_cast<int>(row.Int(3));
  }
  return counts;
}

}  // namespace hotline::escalation
