#include "hotline/cli/terminal.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

namespace hotline::cli {
namespace {

std::size_t WidthOf(UChar32 character) {
  if (u_charType(character) == U_NON_SPACING_MARK) return 0;
  const int width = u_getIntPropertyValue(character, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

/// Calls `visit(width, end offset)` for each character until it returns false.
template <typename Visit>
void ForEachCharacter(std::string_view text, Visit visit) {
  const char* const data = text.data();
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 character = 0;
    U8_NEXT_OR_FFFD(data, i, length, character);
    if (!visit(WidthOf(character), static_cast<std::size_t>(i))) return;
  }
}

void AppendCell(std::string& line, std::string_view cell, std::size_t width, bool last) {
  line += cell;
  if (!last) line.append(width - DisplayWidth(cell) + 2, ' ');
}

}  // namespace

std::size_t DisplayWidth(std::string_view utf8) {
  std::size_t width = 0;
  ForEachCharacter(utf8, [&](std::size_t character, std::size_t) { return width += character, true; });
  return width;
}

std::string Shorten(std::string_view utf8, std::size_t columns) {
  if (DisplayWidth(utf8) <= columns) return std::string{utf8};
  std::size_t width = 0;
  std::size_t end = 0;
  ForEachCharacter(utf8, [&](std::size_t character, std::size_t offset) {
    if (width + character + 1 > columns) return false;
    width += character;
    end = offset;
    return true;
  });
  return std::string{utf8.substr(0, end)} + "…";
}

std::string Table::Text(std::string_view indent) const {
  std::vector<std::size_t> widths(header_.size());
  for (std::size_t i = 0; i < header_.size(); ++i) widths[i] = DisplayWidth(header_[i]);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(row[i]));
    }
  }
  std::string text;
  const auto append = [&](const std::vector<std::string>& row) {
    text += indent;
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      AppendCell(text, row[i], widths[i], i + 1 == row.size());
    }
    text += '\n';
  };
  append(header_);
  for (const auto& row : rows_) append(row);
  return text;
}

Progress::Progress(std::string what, std::uint64_t total)
    : what_{std::move(what)},
      total_{total},
      terminal_{isatty(STDERR_FILENO) == 1},
      started_{std::chrono::steady_clock::now()},
      drawn_{started_} {}

Progress::~Progress() { Finish(); }

void Progress::Update(std::uint64_t done, std::string_view note) {
  using std::chrono::milliseconds;
  done_ = done;
  note_ = note;
  const auto now = std::chrono::steady_clock::now();
  if (now - drawn_ < (terminal_ ? milliseconds{100} : milliseconds{10'000})) return;
  drawn_ = now;
  Draw();
  if (!terminal_) std::cerr << '\n';
}

void Progress::Draw() {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
  const std::string line = total_ > 0 ? fmt::format("{} {}/{} ({:.0f}/s) {}", what_, done_, total_, rate, note_)
                                      : fmt::format("{} {} ({:.0f}/s) {}", what_, done_, rate, note_);
  std::cerr << (terminal_ ? "\r\x1b[K" : "") << line << std::flush;
}

void Progress::Finish() {
  if (finished_) return;
  finished_ = true;
  Draw();
  std::cerr << '\n';
}

}  // namespace hotline::cli
