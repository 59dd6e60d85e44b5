#include "intake/adapters/sql_call_table.h"

#include <array>

#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include "intake/adapters/sql_text.h"

namespace hotline::intake {
namespace {

using platform::Row;
using platform::Value;

// First what never changes, then what does.
constexpr std::string_view kFixed[] = {"call_id",  "site",         "region",         "channel",
                                       "message",  "started_at",   "caller_token",   "caller_tags",
                                       "agent_id", "confidential", "external_actor", "external_id"};
constexpr std::string_view kChanging[] = {
    "last_turn", "last_caller_turn",   "last_at_ms", "closed_at",  "closed_wall_at", "risk_through", "advice_through",
    "reviewed",  "understanding_came", "drafted",    "understood", "settled",        "feed_length",  "waiting_since"};

const std::vector<std::string_view>& All() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> columns{std::begin(kFixed), std::end(kFixed)};
    columns.insert(columns.end(), std::begin(kChanging), std::end(kChanging));
    return columns;
  }();
  return all;
}

void AddChanging(std::vector<Value>& values, const Call& call) {
  const bool waiting = call.closed() && !call.settled;
  for (Value value : std::initializer_list<Value>{
           std::int64_t{call.last_turn}, std::int64_t{call.last_caller_turn}, call.last_at_ms, Nullable(call.closed_at),
           Nullable(call.closed_wall_at), std::int64_t{call.risk_through}, std::int64_t{call.advice_through},
           std::int64_t{call.reviewed}, std::int64_t{call.understanding_came}, std::int64_t{call.drafted},
           std::int64_t{call.understood}, std::int64_t{call.settled}, call.feed_length,
           waiting ? Nullable(call.closed_wall_at) : Value{nullptr}}) {
    values.push_back(std::move(value));
  }
}

Call ReadCall(const Row& row) {
  std::size_t at = 0;
  Call call;
  call.call_id = row.Text(at++);
  call.site = row.Text(at++);
  call.region = row.Text(at++);
  call.channel = static_cast<Channel>(row.Int(at++));
  call.message = row.Int(at++) != 0;
  call.started_at = row.TimeAt(at++);
  call.caller_token = row.Text(at++);
  if (const std::string tags = row.Text(at++); !tags.empty()) call.caller_tags = absl::StrSplit(tags, '\n');
  call.agent_id = row.Text(at++);
  call.confidential = row.Int(at++) != 0;
  call.external_actor = row.Text(at++);
  call.external_id = row.Text(at++);
  call.last_turn = static_cast<int>(row.Int(at++));
  call.last_caller_turn = static_cast<int>(row.Int(at++));
  call.last_at_ms = row.Int(at++);
  call.closed_at = TimeOrNothing(row, at++);
  call.closed_wall_at = TimeOrNothing(row, at++);
  call.risk_through = static_cast<int>(row.Int(at++));
  call.advice_through = static_cast<int>(row.Int(at++));
  call.reviewed = row.Int(at++) != 0;
  call.understanding_came = row.Int(at++) != 0;
  call.drafted = row.Int(at++) != 0;
  call.understood = row.Int(at++) != 0;
  call.settled = row.Int(at++) != 0;
  call.feed_length = row.Int(at++);
  return call;
}

std::optional<Call> First(const std::vector<Row>& rows) {
  if (rows.empty()) return std::nullopt;
  return ReadCall(rows.front());
}

}  // namespace

bool SqlCallTable::Insert(Transaction& tx, const Call& call) {
  static const std::string sql = InsertInto("calls", All());
  static const std::string if_new = sql + " ON CONFLICT (site, external_actor, external_id) DO NOTHING";
  const bool external = !call.external_id.empty();  // NULLs differ from one another: no id is no clash.
  std::vector<Value> values = {call.call_id,
                               call.site,
                               call.region,
                               Number(call.channel),
                               std::int64_t{call.message},
                               TimeValue(call.started_at),
                               call.caller_token,
                               absl::StrJoin(call.caller_tags, "\n"),
                               call.agent_id,
                               std::int64_t{call.confidential},
                               external ? Value{call.external_actor} : Value{nullptr},
                               external ? Value{call.external_id} : Value{nullptr}};
  AddChanging(values, call);
  if (external && !tx.Hopeful()) return tx.Execute(if_new, values) == 1;
  tx.Write(sql, values);
  return true;
}

std::optional<Call> SqlCallTable::Find(Session& session, std::string_view call_id) {
  static const std::string sql = "SELECT " + Join(All()) + " FROM calls WHERE call_id = :1";
  return First(session.Query(sql, {std::string{call_id}}));
}

std::optional<Call> SqlCallTable::Lock(Transaction& tx, std::string_view call_id) {
  static const std::string sql = "SELECT " + Join(All()) + " FROM calls WHERE call_id = :1 /*FOR UPDATE*/";
  return First(tx.Query(sql, {std::string{call_id}}));
}

void SqlCallTable::Save(Transaction& tx, const Call& call) {
  static const std::string sql = UpdateOf("calls", kChanging, "call_id");
  std::vector<Value> values;
  AddChanging(values, call);
  values.emplace_back(call.call_id);
  tx.Write(sql, values);
}

void SqlCallTable::InsertTurn(Transaction& tx, std::string_view call_id, const Turn& turn) {
  tx.Write(
      "INSERT INTO turns (call_id, turn, speaker, at_ms, title, body, fingerprint) VALUES (:1, :2, :3, :4, :5, :6, :7)",
      {std::string{call_id}, std::int64_t{turn.turn}, Number(turn.speaker), turn.at_ms, turn.title, turn.text,
       turn.fingerprint});
}

std::vector<Turn> SqlCallTable::Turns(Session& session, std::string_view call_id) {
  std::vector<Turn> turns;
  for (const Row& row : session.Query(
           "SELECT turn, speaker, at_ms, title, body, fingerprint FROM turns WHERE call_id = :1 ORDER BY turn",
           {std::string{call_id}})) {
    turns.push_back({.turn = static_cast<int>(row.Int(0)),
                     .speaker = static_cast<Speaker>(row.Int(1)),
                     .at_ms = row.Int(2),
                     .text = row.Text(4),
                     .title = row.Text(3),
                     .fingerprint = row.Text(5)});
  }
  return turns;
}

std::string SqlCallTable::FingerprintOf(Session& session, std::string_view call_id, int turn) {
  const auto rows = session.Query("SELECT fingerprint FROM turns WHERE call_id = :1 AND turn = :2",
                                  {std::string{call_id}, std::int64_t{turn}});
  return rows.empty() ? "" : rows.front().Text(0);
}

std::vector<std::string> SqlCallTable::Unsettled(Session& session, Time wall, int limit) {
  std::vector<std::string> ids;
  for (const Row& row :
       session.Query("SELECT call_id FROM calls WHERE waiting_since <= :1 ORDER BY waiting_since LIMIT :2",
                     {TimeValue(wall), std::int64_t{limit}})) {
    ids.push_back(row.Text(0));
  }
  return ids;
}

}  // namespace hotline::intake
