#include "intake/adapters/sql_text.h"

namespace hotline::intake {

std::string Join(Columns columns) {
  std::string text;
  for (const std::string_view column : columns) {
    if (!text.empty()) text += ", ";
    text += column;
  }
  return text;
}

std::string InsertInto(std::string_view table, Columns columns) {
  std::string values;
  for (std::size_t i = 1; i <= columns.size(); ++i) values += (i == 1 ? ":" : ", :") + std::to_string(i);
  return "INSERT INTO " + std::string{table} + " (" + Join(columns) + ") VALUES (" + values + ")";
}

std::string UpdateOf(std::string_view table, Columns columns, std::string_view key) {
  std::string sql = "UPDATE " + std::string{table} + " SET ";
  std::size_t i = 1;
  for (const std::string_view column : columns) {
    sql += (i == 1 ? "" : ", ") + std::string{column} + " = :" + std::to_string(i);
    ++i;
  }
  return sql + " WHERE " + std::string{key} + " = :" + std::to_string(i);
}

platform::Value TimeValue(platform::Time time) { return std::int64_t{time.time_since_epoch().count()}; }

platform::Value Nullable(const std::optional<platform::Time>& time) {
  if (!time) return nullptr;
  return TimeValue(*time);
}

std::optional<platform::Time> TimeOrNothing(const platform::Row& row, std::size_t column) {
  if (row.IsNull(column)) return std::nullopt;
  return row.TimeAt(column);
}

}  // namespace hotline::intake
