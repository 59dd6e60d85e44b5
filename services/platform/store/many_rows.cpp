#include "platform/store/many_rows.h"

namespace hotline::platform {
namespace {

constexpr std::string_view kInsert = "INSERT INTO ";
constexpr std::string_view kValues = " VALUES ";
constexpr std::string_view kOrNothing = " DO NOTHING";

}  // namespace

std::string RowsOf(std::size_t rows, std::size_t columns, std::size_t first) {
  std::string text;
  for (std::size_t row = 0; row < rows; ++row) {
    text += row == 0 ? "(" : ", (";
    for (std::size_t column = 0; column < columns; ++column) {
      text += (column == 0 ? ":" : ", :") + std::to_string(first + row * columns + column);
    }
    text += ")";
  }
  return text;
}

std::optional<RowInsert> RowInsert::Read(std::string_view sql) {
  const std::size_t values = sql.find(kValues);
  if (!sql.starts_with(kInsert) || values == std::string_view::npos) return std::nullopt;
  const std::size_t row = values + kValues.size();
  const std::size_t end = sql.find(')', row);
  if (end == std::string_view::npos) return std::nullopt;

  RowInsert insert;
  const std::string_view named = sql.substr(kInsert.size());
  insert.table_ = named.substr(0, named.find(' '));
  insert.head_ = sql.substr(0, row);
  insert.tail_ = sql.substr(end + 1);
  insert.columns_ = 1 + static_cast<std::size_t>(std::count(sql.begin() + static_cast<std::ptrdiff_t>(row),
                                                            sql.begin() + static_cast<std::ptrdiff_t>(end), ','));
  const bool parameters_alone = insert.Of(1) == sql;
  const bool plain = insert.tail_.empty() || insert.tail_.ends_with(kOrNothing);
  return parameters_alone && plain ? std::optional{std::move(insert)} : std::nullopt;
}

}  // namespace hotline::platform
