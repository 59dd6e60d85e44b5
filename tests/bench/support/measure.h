#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace hotline::bench {

using std::chrono::steady_clock;

[[nodiscard]] double Seconds(steady_clock::time_point since);

/// The value below which this part (0 to 1) of all lie.
[[nodiscard]] double Quantile(std::vector<double> values, double part);
[[nodiscard]] inline double Median(std::vector<double> values) { return Quantile(std::move(values), .5); }

/// The median of 300 times a page is written and synchronized in this folder, in milliseconds.
[[nodiscard]] double MedianSyncMs(const std::filesystem::path& folder);

/// What rounds gave, a column a subject: printed line by line as it comes, the medians at the end.
class Rounds {
 public:
  explicit Rounds(std::vector<std::string> subjects);
  void Add(const std::vector<double>& round);
  void PrintMedians() const;
  [[nodiscard]] double MedianOf(std::size_t subject) const;

 private:
  const std::vector<std::string> subjects_;
  std::vector<std::vector<double>> values_;
};

}  // namespace hotline::bench
