#include "hotline/cli/tsv.h"

#include <fstream>
#include <iostream>
#include <sstream>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

namespace hotline::cli {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::vector<std::string_view> Fields(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t from = 0;;) {
    const std::size_t tab = line.find('\t', from);
    fields.push_back(line.substr(from, tab - from));
    if (tab == std::string_view::npos) return fields;
    from = tab + 1;
  }
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in || std::filesystem::is_directory(path))
    return absl::NotFoundError(absl::StrCat("cannot read ", path.string()));
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return std::move(bytes).str();
}

absl::Status WriteFile(const std::filesystem::path& path, std::string_view bytes) {
  if (path.empty() || path == "-") {
    std::cout << bytes << std::flush;
    return std::cout ? absl::OkStatus() : absl::UnavailableError("cannot write standard output");
  }
  const std::filesystem::path beside = path.string() + ".part";
  {
    std::ofstream out{beside, std::ios::binary | std::ios::trunc};
    out << bytes;
    out.flush();
    if (!out) return absl::UnavailableError(absl::StrCat("cannot write ", path.string()));
  }
  std::error_code error;
  std::filesystem::rename(beside, path, error);
  return error ? absl::UnavailableError(absl::StrCat("cannot write ", path.string(), ": ", error.message()))
               : absl::OkStatus();
}

absl::StatusOr<std::vector<NumberedLine>> ReadLines(const std::filesystem::path& path) {
  const absl::StatusOr<std::string> bytes = ReadFile(path);
  if (!bytes.ok()) return bytes.status();
  std::vector<NumberedLine> lines;
  std::size_t number = 0;
  for (const auto line : absl::StrSplit(absl::StripPrefix(*bytes, absl::string_view{kByteOrderMark.data(), 3}), '\n')) {
    ++number;
    if (line.find_first_not_of(" \t\r") != absl::string_view::npos) lines.push_back({number, std::string{line}});
  }
  return lines;
}

absl::StatusOr<TsvFile> TsvFile::Read(const std::filesystem::path& path) {
  const absl::StatusOr<std::string> bytes = ReadFile(path);
  if (!bytes.ok()) return bytes.status();
  TsvFile file;
  for (std::size_t from = 0; from < bytes->size();) {
    std::size_t feed = bytes->find('\n', from);
    const bool ended = feed != std::string::npos;
    if (!ended) feed = bytes->size();
    std::string text = bytes->substr(from, feed - from);
    std::string end = ended ? "\n" : "";
    if (text.ends_with('\r')) {
      text.pop_back();
      end.insert(0, "\r");
    }
    file.lines_.push_back({std::move(text), std::move(end)});
    from = feed + 1;
  }
  if (file.lines_.empty())
    return absl::InvalidArgumentError(absl::StrCat(path.string(), " is empty: a header line is needed"));
  std::string_view header = file.lines_.front().text;
  if (header.starts_with(kByteOrderMark)) header.remove_prefix(kByteOrderMark.size());
  for (const std::string_view name : Fields(header)) file.header_.emplace_back(name);
  for (std::size_t i = 1; i < file.lines_.size(); ++i) {
    if (!file.lines_[i].text.empty() || file.header_.size() == 1) file.rows_.push_back(i);
    if (const std::size_t fields = Fields(file.lines_[i].text).size(); fields > file.header_.size()) {
      return absl::InvalidArgumentError(absl::StrCat(path.string(), ", line ", i + 1, ": ", fields, " fields under ",
                                                     file.header_.size(), " columns"));
    }
  }
  return file;
}

absl::StatusOr<std::size_t> TsvFile::Column(std::string_view name) const {
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (header_[i] == name) return i;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no column '", std::string{name}, "'; there are: ", absl::StrJoin(header_, ", ")));
}

absl::StatusOr<std::size_t> TsvFile::AnyColumn(std::span<const std::string_view> names) const {
  for (const std::string_view name : names) {
    if (auto column = Column(name); column.ok()) return column;
  }
  std::vector<std::string> wanted{names.begin(), names.end()};
  return absl::InvalidArgumentError(
      absl::StrCat("no column named ", absl::StrJoin(wanted, " or "), "; there are: ", absl::StrJoin(header_, ", ")));
}

std::string_view TsvFile::Field(std::size_t row, std::size_t column) const {
  const auto fields = Fields(lines_[rows_[row]].text);
  return column < fields.size() ? fields[column] : std::string_view{};
}

absl::Status TsvFile::WriteWith(const std::filesystem::path& path, std::span<const std::string_view> names,
                                const std::vector<std::vector<std::string>>& values) const {
  std::string bytes;
  const auto append = [&](std::size_t line, const auto& cells) {
    bytes += lines_[line].text;
    // A short row is filled up, or the new cells would stand under the wrong names.
    const std::size_t fields = Fields(lines_[line].text).size();
    bytes.append(line == 0 ? 0 : header_.size() - fields, '\t');
    for (const auto& cell : cells) (bytes += '\t') += cell;
    bytes += lines_[line].end;
  };
  append(0, names);
  std::size_t row = 0;
  for (std::size_t line = 1; line < lines_.size(); ++line) {
    if (row < rows_.size() && rows_[row] == line) {
      append(line, values[row++]);
    } else {
      (bytes += lines_[line].text) += lines_[line].end;
    }
  }
  return WriteFile(path, bytes);
}

}  // namespace hotline::cli
