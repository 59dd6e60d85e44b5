#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

namespace hotline::cli {

/// A TSV file as cli.md means it: unquoted, tab and line end separate, bytes kept as they are.
class TsvFile {
 public:
  /// NOT_FOUND, or INVALID_ARGUMENT naming the line that has too many fields.
  static absl::StatusOr<TsvFile> Read(const std::filesystem::path& path);

  [[nodiscard]] const std::vector<std::string>& header() const { return header_; }
  [[nodiscard]] std::size_t rows() const { return rows_.size(); }

  /// INVALID_ARGUMENT listing the columns there are.
  [[nodiscard]] absl::StatusOr<std::size_t> Column(std::string_view name) const;
  /// The first of `names` there is.
  [[nodiscard]] absl::StatusOr<std::size_t> AnyColumn(std::span<const std::string_view> names) const;

  /// A field of row 0, 1, …; empty where the line ends before it.
  [[nodiscard]] std::string_view Field(std::size_t row, std::size_t column) const;

  /// The same bytes with columns appended to the header and to every row (`values[row][i]`), written atomically.
  [[nodiscard]] absl::Status WriteWith(const std::filesystem::path& path, std::span<const std::string_view> names,
                                       const std::vector<std::vector<std::string>>& values) const;

 private:
  struct Line {
    std::string text;
    std::string end;  ///< "\n", "\r\n", or nothing at the end of the file.
  };
  std::vector<Line> lines_;        ///< All of the file, the header first.
  std::vector<std::size_t> rows_;  ///< Lines that are rows: a blank one is no row where there are several columns.
  std::vector<std::string> header_;
};

/// The whole file. NOT_FOUND names the path.
[[nodiscard]] absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path);

/// Writes beside the target and renames, so that nobody sees half a file; "-" or empty writes standard output.
[[nodiscard]] absl::Status WriteFile(const std::filesystem::path& path, std::string_view bytes);

/// A line of a file, counted from 1 as an editor counts.
struct NumberedLine {
  std::size_t number = 0;
  std::string text;
};

/// The non-blank lines of a JSONL file.
[[nodiscard]] absl::StatusOr<std::vector<NumberedLine>> ReadLines(const std::filesystem::path& path);

}  // namespace hotline::cli
