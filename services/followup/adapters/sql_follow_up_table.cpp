#include "followup/adapters/sql_follow_up_table.h"

#include <utility>

#include <absl/strings/str_cat.h>

namespace hotline::followup {
namespace {

using platform::Row;
using platform::Session;
using platform::Transaction;
using platform::Value;

constexpr int kRowsAtATime = 1'000;

// Whole rows are read and written in this order of columns.
constexpr std::string_view kColumns =
    "site, case_no, round, caller_token, department, kind, topic, title, ask_by, due_at, next_attempt_at, attempts, "
    "state, contacted, solved, department_rating, hotline_rating, verbatim, recorded_at, exclusion, actor, version, id";

Value Milliseconds(Time time) { return std::int64_t{time.time_since_epoch().count()}; }

template <typename T>
Value OrNull(const std::optional<T>& value) {
  return value ? Value{static_cast<std::int64_t>(*value)} : Value{nullptr};
}

template <typename T>
std::optional<T> Optional(const Row& row, std::size_t column) {
  if (row.IsNull(column)) return std::nullopt;
  return static_cast<T>(row.Int(column));
}

std::vector<Value> ToValues(const FollowUp& f) {
  const Outcome said = f.outcome.value_or(Outcome{});
  return {f.site,
          f.case_no,
          std::int64_t{f.round},
          f.caller_token,
          f.department,
          OrNull(f.kind),
          f.topic,
          f.title,
          static_cast<std::int64_t>(f.ask_by),
          Milliseconds(f.due_at),
          Milliseconds(f.next_attempt_at),
          std::int64_t{f.attempts},
          static_cast<std::int64_t>(f.state),
          f.outcome ? Value{std::int64_t{said.contacted}} : Value{nullptr},
          OrNull(said.solved),
          OrNull(said.department),
          OrNull(said.hotline),
          said.verbatim,
          f.recorded_at ? Milliseconds(*f.recorded_at) : Value{nullptr},
          f.exclusion,
          f.actor,
          f.version,
          f.id};
}

FollowUp FromRow(const Row& row) {
  FollowUp f{.id = row.Text(22),
             .site = row.Text(0),
             .case_no = row.Text(1),
             .round = static_cast<int>(row.Int(2)),
             .caller_token = row.Text(3),
             .department = row.Text(4),
             .kind = Optional<CaseKind>(row, 5),
             .topic = row.Text(6),
             .title = row.Text(7),
             .ask_by = static_cast<AskBy>(row.Int(8)),
             .due_at = row.TimeAt(9),
             .next_attempt_at = row.TimeAt(10),
             .attempts = static_cast<int>(row.Int(11)),
             .state = static_cast<FollowUpState>(row.Int(12)),
             .exclusion = row.Text(19),
             .actor = row.Text(20),
             .version = row.Int(21)};
  if (!row.IsNull(13)) {
    f.outcome = Outcome{.contacted = row.Int(13) != 0,
                        .solved = Optional<bool>(row, 14),
                        .department = Optional<Rating>(row, 15),
                        .hotline = Optional<Rating>(row, 16),
                        .verbatim = row.Text(17)};
  }
  if (!row.IsNull(18)) f.recorded_at = row.TimeAt(18);
  return f;
}

std::vector<FollowUp> FromRows(const std::vector<Row>& rows) {
  std::vector<FollowUp> follow_ups;
  follow_ups.reserve(rows.size());
  for (const Row& row : rows) follow_ups.push_back(FromRow(row));
  return follow_ups;
}

/// A SELECT over follow_ups whose conditions are added one by one; parameters are numbered as they come.
class Select {
 public:
  explicit Select(std::string_view columns) : sql_{absl::StrCat("SELECT ", View(columns), " FROM follow_ups")} {}

  Select& Where(std::string_view condition) {
    absl::StrAppend(&sql_, conditions_ ? " AND " : " WHERE ", View(condition));
    conditions_ = true;
    return *this;
  }
  Select& Where(std::string_view left, Value value) { return Where(absl::StrCat(View(left), Next(std::move(value)))); }
  Select& After(const std::string& column, Time time, const std::string& id) {
    const std::string later = column + " > " + Next(Milliseconds(time));
    const std::string equal = column + " = " + Next(Milliseconds(time));
    return Where(absl::StrCat("(", later, " OR (", equal, " AND id > ", Next(id), "))"));
  }
  Select& OrderBy(std::string_view columns) {
    absl::StrAppend(&sql_, " ORDER BY ", View(columns));
    return *this;
  }
  Select& Limit(int rows) {
    absl::StrAppend(&sql_, " LIMIT ", Next(std::int64_t{rows}));
    return *this;
  }
  [[nodiscard]] std::vector<Row> Run(Session& session) const { return session.Query(sql_, values_); }

 private:
  static absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

  std::string Next(Value value) {
    values_.push_back(std::move(value));
    return absl::StrCat(":", values_.size());
  }

  std::string sql_;
  bool conditions_ = false;
  std::vector<Value> values_;
};

Select Waiting(std::string_view columns, const DueQuery& query) {
  Select waiting{columns};
  waiting.Where("state = 1").Where("next_attempt_at <= ", Milliseconds(query.due_by));
  if (!query.site.empty()) waiting.Where("site = ", query.site);
  if (query.ask_by) waiting.Where("ask_by = ", static_cast<std::int64_t>(*query.ask_by));
  return waiting;
}

void Remember(Transaction& tx, const FollowUp& follow_up, const Change& change) {
  tx.Write(
      "INSERT INTO follow_up_changes (follow_up_id, version, action, actor, at, reason) "
      "VALUES (:1, :2, :3, :4, :5, :6)",
      {follow_up.id, follow_up.version, std::string{change.action}, change.actor, Milliseconds(change.at),
       change.reason});
}

}  // namespace

std::optional<FollowUp> SqlFollowUpTable::Find(Session& session, std::string_view id) {
  const std::vector<Row> rows = Select{kColumns}.Where("id = ", std::string{id}).Run(session);
  if (rows.empty()) return std::nullopt;
  return FromRow(rows.front());
}

std::vector<FollowUp> SqlFollowUpTable::OfCase(Session& session, std::string_view site, std::string_view case_no) {
  Select of_case{kColumns};
  of_case.Where("case_no = ", std::string{case_no});
  if (!site.empty()) of_case.Where("site = ", std::string{site});
  return FromRows(of_case.OrderBy("site, round").Run(session));
}

DuePage SqlFollowUpTable::Due(Session& session, const DueQuery& query) {
  DuePage page;
  page.total = Waiting("count(*)", query).Run(session).front().Int(0);

  Select waiting = Waiting(kColumns, query);
  if (query.after) waiting.After("next_attempt_at", query.after->next_attempt_at, query.after->id);
  // One row more than asked for tells whether there is another page.
  page.follow_ups = FromRows(waiting.OrderBy("next_attempt_at, id").Limit(query.limit + 1).Run(session));
  page.more = page.follow_ups.size() > static_cast<std::size_t>(query.limit);
  if (page.more) page.follow_ups.pop_back();
  return page;
}

void SqlFollowUpTable::ForEach(Session& session, const CountQuery& query,
                               const std::function<void(const FollowUp&)>& visit) {
  std::vector<FollowUp> rows;
  do {
    Select counted{kColumns};
    counted.Where("due_at >= ", Milliseconds(query.since)).Where("due_at < ", Milliseconds(query.until));
    if (!query.site.empty()) counted.Where("site = ", query.site);
    if (!query.department.empty()) counted.Where("department = ", query.department);
    if (!rows.empty()) counted.After("due_at", rows.back().due_at, rows.back().id);
    rows = FromRows(counted.OrderBy("due_at, id").Limit(kRowsAtATime).Run(session));
    for (const FollowUp& row : rows) visit(row);
  } while (rows.size() == static_cast<std::size_t>(kRowsAtATime));
}

void SqlFollowUpTable::Insert(Transaction& tx, const FollowUp& follow_up, const Change& change) {
  tx.Write(
      "INSERT INTO follow_ups (" + std::string{kColumns} +
          ") VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10, :11, :12, :13, :14, :15, :16, :17, :18, :19, :20, :21, "
          ":22, :23)",
      ToValues(follow_up));
  Remember(tx, follow_up, change);
}

absl::Status SqlFollowUpTable::Update(Transaction& tx, const FollowUp& follow_up, const Change& change) {
  std::vector<Value> values = ToValues(follow_up);
  values.emplace_back(follow_up.version - 1);
  const std::int64_t changed = tx.Execute(
      "UPDATE follow_ups SET site = :1, case_no = :2, round = :3, caller_token = :4, department = :5, kind = :6, "
      "topic = :7, title = :8, ask_by = :9, due_at = :10, next_attempt_at = :11, attempts = :12, state = :13, "
      "contacted = :14, solved = :15, department_rating = :16, hotline_rating = :17, verbatim = :18, "
      "recorded_at = :19, exclusion = :20, actor = :21, version = :22 WHERE id = :23 AND version = :24",
      values);
  if (changed == 0) return absl::AbortedError("the follow-up was changed meanwhile");
  Remember(tx, follow_up, change);
  return absl::OkStatus();
}

}  // namespace hotline::followup
