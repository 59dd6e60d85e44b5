#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

// Statements that carry many rows: what one costs is mostly the way there and its start.
namespace hotline::platform {

/// Rows that one statement carries: each number is a statement to prepare.
inline constexpr std::size_t kRowsAtOnce[] = {128, 64, 32, 16, 8, 4, 2, 1};

/// "(:1, :2), (:3, :4)", parameters counted from `first`.
[[nodiscard]] std::string RowsOf(std::size_t rows, std::size_t columns, std::size_t first = 1);

/// `take(at, count)` for all of `size` rows, as many at once as there is a statement for.
template <typename Take>
void InPieces(std::size_t size, Take take) {
  for (std::size_t at = 0; at < size;) {
    const std::size_t count = *std::find_if(std::begin(kRowsAtOnce), std::end(kRowsAtOnce),
                                            [&](std::size_t one) { return one <= size - at; });
    take(at, count);
    at += count;
  }
}

/// An insert of one row of parameters and nothing else, which can as well carry many:
/// INSERT INTO table (…) VALUES (:1, …, :n), with ON CONFLICT … DO NOTHING behind it or without.
class RowInsert {
 public:
  /// Nothing where the statement is another one: what it does may hang on the rows before it.
  [[nodiscard]] static std::optional<RowInsert> Read(std::string_view sql);

  [[nodiscard]] const std::string& table() const { return table_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::string Of(std::size_t rows) const { return head_ + RowsOf(rows, columns_) + tail_; }

 private:
  std::string table_;
  std::string head_;  ///< Up to the values.
  std::string tail_;  ///< From behind them.
  std::size_t columns_ = 0;
};

}  // namespace hotline::platform
