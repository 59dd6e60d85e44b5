#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "platform/store/store.h"

// Statements put together from a table's list of columns, so that the list is written once.
namespace hotline::intake {

using Columns = std::span<const std::string_view>;

/// "INSERT INTO table (a, b) VALUES (:1, :2)"
[[nodiscard]] std::string InsertInto(std::string_view table, Columns columns);
/// "UPDATE table SET a = :1, b = :2 WHERE key = :3"
[[nodiscard]] std::string UpdateOf(std::string_view table, Columns columns, std::string_view key);
/// "a, b"
[[nodiscard]] std::string Join(Columns columns);

/// NULL where there is nothing.
[[nodiscard]] platform::Value Nullable(const std::optional<platform::Time>& time);
[[nodiscard]] platform::Value TimeValue(platform::Time time);
[[nodiscard]] std::optional<platform::Time> TimeOrNothing(const platform::Row& row, std::size_t column);

template <typename Enum>
[[nodiscard]] platform::Value Nullable(const std::optional<Enum>& value) {
  if (!value) return nullptr;
  return std::int64_t{static_cast<int>(*value)};
}

template <typename Enum>
[[nodiscard]] std::optional<Enum> EnumOrNothing(const platform::Row& row, std::size_t column) {
  if (row.Int(column) == 0) return std::nullopt;  // NULL reads as 0, and no term is numbered 0.
  return static_cast<Enum>(row.Int(column));
}

template <typename Enum>
[[nodiscard]] platform::Value Number(Enum value) {
  return std::int64_t{static_cast<int>(value)};
}

}  // namespace hotline::intake
