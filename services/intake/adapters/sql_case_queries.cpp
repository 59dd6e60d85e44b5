// The questions about many cases: lists, search, counts and the feed of changes.
#include <initializer_list>

#include "intake/adapters/case_row.h"
#include "intake/adapters/sql_case_table.h"
#include "intake/adapters/sql_text.h"
#include "intake/domain/grams.h"

namespace hotline::intake {
namespace {

using platform::Row;
using platform::Value;

/// By how much the clocks of the processes that write may differ.
constexpr std::chrono::seconds kClockError{1};

/// WHERE conditions and their parameters, numbered in the order they come.
class Conditions {
 public:
  /// `text` holds one "?" for each value.
  void Add(std::string_view text, std::initializer_list<Value> values = {}) {
    sql_ += sql_.empty() ? " WHERE " : " AND ";
    const Value* value = values.begin();
    for (const char c : text) {
      if (c == '?') {
        sql_ += Bind(*value++);
      } else {
        sql_ += c;
      }
    }
  }
  /// ":7", bound to `value`.
  std::string Bind(Value value) {
    values_.push_back(std::move(value));
    return ":" + std::to_string(values_.size());
  }
  template <typename Enum>
  void AddOneOf(std::string_view column, const std::vector<Enum>& allowed) {
    if (allowed.empty()) return;
    std::string list;
    for (const Enum one : allowed) list += (list.empty() ? "" : ", ") + std::to_string(static_cast<int>(one));
    Add(std::string{column} + " IN (" + list + ")");
  }
  void AddAfter(const std::optional<CasePosition>& after, std::string_view table) {
    if (!after) return;
    const std::string opened = std::string{table} + "opened_at";
    const std::string number = std::string{table} + "case_no";
    Add("(" + opened + " < ? OR (" + opened + " = ? AND " + number + " < ?))",
        {TimeValue(after->opened_at), TimeValue(after->opened_at), after->case_no});
  }

  [[nodiscard]] const std::string& sql() const { return sql_; }
  [[nodiscard]] const std::vector<Value>& values() const { return values_; }

 private:
  std::string sql_;
  std::vector<Value> values_;
};

/// Text that means itself in a LIKE pattern with ESCAPE '!'.
std::string Contains(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  return pattern + "%";
}

Conditions ConditionsOf(const CaseFilter& filter) {
  Conditions where;
  if (!filter.site.empty()) where.Add("site = ?", {filter.site});
  if (!filter.call_id.empty()) where.Add("call_id = ?", {filter.call_id});
  if (!filter.caller_token.empty()) where.Add("caller_token = ?", {filter.caller_token});
  where.AddOneOf("state", filter.states);
  where.AddOneOf("kind", filter.kinds);
  if (!filter.topic.empty()) where.Add("topic = ?", {filter.topic});
  if (!filter.department.empty()) {
    where.Add("lower(departments) LIKE ? ESCAPE '!'", {Contains("|" + filter.department + "|")});
  }
  if (filter.opened_from) where.Add("opened_at >= ?", {TimeValue(*filter.opened_from)});
  if (filter.opened_until) where.Add("opened_at < ?", {TimeValue(*filter.opened_until)});
  if (filter.overdue_at) where.Add("due_at < ?", {TimeValue(*filter.overdue_at)});
  return where;
}

CaseChange ReadChange(const Row& row) {
  return {.case_no = row.Text(0),
          .version = row.Int(1),
          .action = static_cast<Action>(row.Int(2)),
          .from_state = EnumOrNothing<CaseState>(row, 3),
          .to_state = static_cast<CaseState>(row.Int(4)),
          .reason = row.Text(5),
          .actor = row.Text(6),
          .at = row.TimeAt(7)};
}

constexpr std::string_view kChangeColumns = "case_no, version, action, from_state, to_state, reason, actor, changed_at";

std::vector<Case> ReadAll(const std::vector<Row>& rows) {
  std::vector<Case> cases;
  cases.reserve(rows.size());
  for (const Row& row : rows) cases.push_back(ReadCase(row));
  return cases;
}

}  // namespace

std::vector<CaseChange> SqlCaseTable::History(Session& session, std::string_view case_no) {
  std::vector<CaseChange> history;
  for (const Row& row :
       session.Query("SELECT " + std::string{kChangeColumns} + " FROM case_changes WHERE case_no = :1 ORDER BY id",
                     {std::string{case_no}})) {
    history.push_back(ReadChange(row));
  }
  return history;
}

std::vector<Case> SqlCaseTable::List(Session& session, const CaseFilter& filter,
                                     const std::optional<CasePosition>& after, int limit) {
  Conditions where = ConditionsOf(filter);
  where.AddAfter(after, "");
  const std::string bound = where.Bind(std::int64_t{limit});
  return ReadAll(session.Query("SELECT " + Join(CaseColumns()) + " FROM cases" + where.sql() +
                                   " ORDER BY opened_at DESC, case_no DESC LIMIT " + bound,
                               where.values()));
}

std::vector<Case> SqlCaseTable::Search(Session& session, std::string_view site, const std::vector<std::string>& terms,
                                       const std::optional<CasePosition>& after, int limit) {
  Conditions where;
  if (!site.empty()) where.Add("s.site = ?", {std::string{site}});
  where.AddAfter(after, "s.");
  for (const std::string& term : terms) {
    const Signature wanted = SignatureOf(term);
    for (std::size_t i = 0; i < Signature::kWords; ++i) {
      if (wanted.words[i] == 0) continue;
      where.Add("(s.s" + std::to_string(i) + " & ?) = ?", {wanted.words[i], wanted.words[i]});
    }
    const std::string pattern = Contains(term);
    where.Add(
        "(lower(c.title) LIKE ? ESCAPE '!' OR lower(c.body) LIKE ? ESCAPE '!' OR EXISTS (SELECT 1 FROM "
        "case_supplements p WHERE p.case_no = s.case_no AND lower(p.body) LIKE ? ESCAPE '!'))",
        {pattern, pattern, pattern});
  }
  std::string columns;
  for (const std::string_view column : CaseColumns())
    columns += (columns.empty() ? "c." : ", c.") + std::string{column};
  const std::string bound = where.Bind(std::int64_t{limit});
  return ReadAll(session.Query("SELECT " + columns + " FROM case_signatures s JOIN cases c ON c.case_no = s.case_no" +
                                   where.sql() + " ORDER BY s.opened_at DESC, s.case_no DESC LIMIT " + bound,
                               where.values()));
}

std::vector<std::pair<CaseState, std::int64_t>> SqlCaseTable::Count(Session& session, const CaseFilter& filter) {
  const Conditions where = ConditionsOf(filter);
  std::vector<std::pair<CaseState, std::int64_t>> counts;
  for (const Row& row : session.Query(
           "SELECT state, count(*) FROM cases" + where.sql() + " GROUP BY state ORDER BY state", where.values())) {
    counts.emplace_back(static_cast<CaseState>(row.Int(0)), row.Int(1));
  }
  return counts;
}

ChangePage SqlCaseTable::ChangesAfter(Session& session, std::string_view site, std::int64_t cursor, int limit,
                                      Time wall) {
  // Read across sites, for a gap in the numbers shows only there; numbers are given before the commit.
  ChangePage page{.changes = {}, .cursor = cursor};
  std::optional<std::chrono::milliseconds> longest_open;
  for (const Row& row : session.Query("SELECT " + std::string{kChangeColumns} +
                                          ", id, site, written_at FROM case_changes WHERE id > :1 ORDER BY id LIMIT :2",
                                      {cursor, std::int64_t{limit}})) {
    const bool gap = row.Int(8) != page.cursor + 1;
    if (gap && !longest_open) longest_open = session.LongestOpen();
    // The missing number may be held by a transaction that was open when this row was written, and still is.
    if (gap && longest_open->count() > 0 && wall - row.TimeAt(10) < *longest_open + kClockError) break;
    page.cursor = row.Int(8);
    if (site.empty() || row.Text(9) == site) {
      page.changes.push_back({.number = page.cursor, .change = ReadChange(row)});
    }
  }
  return page;
}

std::int64_t SqlCaseTable::LastChange(Session& session) {
  return session.Query("SELECT coalesce(max(id), 0) FROM case_changes").front().Int(0);
}

}  // namespace hotline::intake
