#include "intake/adapters/sql_case_table.h"

#include "intake/adapters/case_row.h"
#include "intake/adapters/sql_text.h"
#include "intake/domain/grams.h"

namespace hotline::intake {
namespace {

using platform::Row;
using platform::Value;

std::vector<Case> ReadAll(const std::vector<Row>& rows) {
  std::vector<Case> cases;
  cases.reserve(rows.size());
  for (const Row& row : rows) cases.push_back(ReadCase(row));
  return cases;
}

std::optional<Case> First(const std::vector<Row>& rows) {
  if (rows.empty()) return std::nullopt;
  return ReadCase(rows.front());
}

EarlierCase ReadEarlier(const Row& row) {
  return {.case_no = row.Text(0),
          .at = row.TimeAt(1),
          .summary = row.Text(2),
          .state = static_cast<CaseState>(row.Int(3)),
          .satisfaction = EnumOrNothing<Rating>(row, 4),
          .kind = EnumOrNothing<CaseKind>(row, 5),
          .topic = row.Text(6),
          .due_at = TimeOrNothing(row, 7),
          .reopenings = static_cast<int>(row.Int(8)),
          .returns = static_cast<int>(row.Int(9)),
          .parent_case_no = row.Text(10),
          .call_id = row.Text(11)};
}

const std::vector<std::string_view>& SignatureColumns() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < Signature::kWords; ++i) names.push_back("s" + std::to_string(i));
    return names;
  }();
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> columns{"case_no", "site", "opened_at"};
    columns.insert(columns.end(), words.begin(), words.end());
    return columns;
  }();
  return all;
}

std::vector<Value> SignatureValues(const Case& filed, std::string_view more_words) {
  // Each part by itself: no pair of characters spans two of them.
  const Signature signature = SignatureOf(filed.title + "\n" + filed.text + "\n" + std::string{more_words});
  std::vector<Value> values = {filed.case_no, filed.site, TimeValue(filed.opened_at)};
  values.insert(values.end(), signature.words.begin(), signature.words.end());
  return values;
}

}  // namespace

bool SqlCaseTable::Insert(Transaction& tx, const Case& filed) {
  static const std::string sql = InsertInto("cases", CaseColumns());
  static const std::string if_new = sql + " ON CONFLICT (case_no) DO NOTHING";
  static const std::string signature = InsertInto("case_signatures", SignatureColumns());
  if (tx.Hopeful()) {
    tx.Write(sql, CaseValues(filed));
  } else if (tx.Execute(if_new, CaseValues(filed)) == 0) {
    return false;
  }
  tx.Write(signature, SignatureValues(filed, ""));
  return true;
}

std::optional<Case> SqlCaseTable::Find(Session& session, std::string_view case_no) {
  static const std::string sql = "SELECT " + Join(CaseColumns()) + " FROM cases WHERE case_no = :1";
  return First(session.Query(sql, {std::string{case_no}}));
}

std::optional<Case> SqlCaseTable::Lock(Transaction& tx, std::string_view case_no) {
  static const std::string sql = "SELECT " + Join(CaseColumns()) + " FROM cases WHERE case_no = :1 /*FOR UPDATE*/";
  return First(tx.Query(sql, {std::string{case_no}}));
}

void SqlCaseTable::Save(Transaction& tx, const Case& filed) {
  static const std::string sql = UpdateOf("cases", CaseColumns(), "case_no");
  std::vector<Value> values = CaseValues(filed);
  values.emplace_back(filed.case_no);
  tx.Write(sql, values);
}

std::vector<Case> SqlCaseTable::OfCall(Session& session, std::string_view call_id) {
  static const std::string sql = "SELECT " + Join(CaseColumns()) + " FROM cases WHERE call_id = :1 ORDER BY case_no";
  return ReadAll(session.Query(sql, {std::string{call_id}}));
}

std::vector<EarlierCase> SqlCaseTable::OfCaller(Session& session, std::string_view site, std::string_view caller_token,
                                                int limit) {
  std::vector<EarlierCase> cases;
  for (const Row& row : session.Query(
           "SELECT case_no, opened_at, title, state, satisfaction, kind, topic, due_at, reopenings, return_count, "
           "parent_case_no, call_id FROM cases WHERE site = :1 AND caller_token = :2 ORDER BY opened_at DESC LIMIT :3",
           {std::string{site}, std::string{caller_token}, std::int64_t{limit}})) {
    cases.push_back(ReadEarlier(row));
  }
  return cases;
}

int SqlCaseTable::CountOfCaller(Session& session, std::string_view site, std::string_view caller_token) {
  return static_cast<int>(session
                              .Query("SELECT count(*) FROM cases WHERE site = :1 AND caller_token = :2",
                                     {std::string{site}, std::string{caller_token}})
                              .front()
                              .Int(0));
}

void SqlCaseTable::AddChange(Transaction& tx, std::string_view site, const CaseChange& change, Time wall) {
  tx.Write(
      "INSERT INTO case_changes (case_no, site, version, action, from_state, to_state, reason, actor, changed_at, "
      "written_at) VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10)",
      {change.case_no, std::string{site}, change.version, Number(change.action), Nullable(change.from_state),
       Number(change.to_state), change.reason, change.actor, TimeValue(change.at), TimeValue(wall)});
}

void SqlCaseTable::AddSupplement(Transaction& tx, std::string_view case_no, std::int64_t version,
                                 std::string_view text) {
  tx.Write("INSERT INTO case_supplements (case_no, version, body) VALUES (:1, :2, :3)",
           {std::string{case_no}, version, std::string{text}});
}

std::vector<std::string> SqlCaseTable::Supplements(Session& session, std::string_view case_no) {
  std::vector<std::string> supplements;
  for (const Row& row :
       session.Query("SELECT body FROM case_supplements WHERE case_no = :1 ORDER BY version", {std::string{case_no}})) {
    supplements.push_back(row.Text(0));
  }
  return supplements;
}

void SqlCaseTable::Index(Transaction& tx, const Case& filed, std::string_view more_words) {
  static const std::string sql = UpdateOf("case_signatures", SignatureColumns(), "case_no");
  std::vector<Value> values = SignatureValues(filed, more_words);
  values.emplace_back(filed.case_no);
  tx.Write(sql, values);
}

}  // namespace hotline::intake
