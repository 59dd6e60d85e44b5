#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::cli {

/// Columns a text takes on a terminal: Chinese characters and full-width forms take two.
[[nodiscard]] std::size_t DisplayWidth(std::string_view utf8);

/// At most `columns` wide, with "…" where something was cut.
[[nodiscard]] std::string Shorten(std::string_view utf8, std::size_t columns);

/// A table for people: a header, rows, columns aligned by display width.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_{std::move(header)} {}
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// Every line starts with `indent` and ends in a newline.
  [[nodiscard]] std::string Text(std::string_view indent = "") const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

/// One line on standard error that tells how far a long command is: redrawn in place on a terminal, and printed every
/// ten seconds elsewhere, so that a log stays short. For one thread.
class Progress {
 public:
  Progress(std::string what, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Update(std::uint64_t done, std::string_view note = "");
  /// Prints the last state and ends the line. Idempotent.
  void Finish();

 private:
  void Draw();

  const std::string what_;
  const std::uint64_t total_;
  const bool terminal_;
  const std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point drawn_;
  std::uint64_t done_ = 0;
  std::string note_;
  bool finished_ = false;
};

}  // namespace hotline::cli
