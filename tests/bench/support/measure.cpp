#include "bench/support/measure.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace hotline::bench {
namespace {

constexpr int kColumn = 16;

void PrintLine(const std::string& first, const std::vector<double>& values) {
  std::printf("%-8s", first.c_str());
  for (const double value : values) std::printf(value < 100 ? "%*.2f" : "%*.0f", kColumn, value);
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace

double Seconds(steady_clock::time_point since) {
  return std::chrono::duration<double>(steady_clock::now() - since).count();
}

double Quantile(std::vector<double> values, double part) {
  if (values.empty()) throw std::logic_error{"nothing was measured"};
  std::sort(values.begin(), values.end());
  const auto at = static_cast<std::size_t>(part * static_cast<double>(values.size()));
  return values[std::min(at, values.size() - 1)];
}

double MedianSyncMs(const std::filesystem::path& folder) {
  const int file = open((folder / "sync").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0) throw std::runtime_error{"cannot write in " + folder.string()};
  const std::string page(4096, 'x');
  std::vector<double> times;
  for (int i = 0; i < 300; ++i) {
    if (write(file, page.data(), page.size()) != static_cast<ssize_t>(page.size())) throw std::runtime_error{"write"};
    const auto start = steady_clock::now();
    if (fdatasync(file) != 0) throw std::runtime_error{"fdatasync"};
    times.push_back(Seconds(start) * 1e3);
  }
  close(file);
  return Median(times);
}

Rounds::Rounds(std::vector<std::string> subjects) : subjects_{std::move(subjects)}, values_(subjects_.size()) {
  std::printf("%-8s", "round");
  for (const std::string& subject : subjects_) std::printf("%*s", kColumn, subject.c_str());
  std::printf("\n");
}

void Rounds::Add(const std::vector<double>& round) {
  for (std::size_t i = 0; i < values_.size(); ++i) values_[i].push_back(round.at(i));
  PrintLine(std::to_string(values_.front().size()), round);
}

void Rounds::PrintMedians() const {
  std::vector<double> medians;
  for (const auto& values : values_) medians.push_back(Median(values));
  PrintLine("median", medians);
}

double Rounds::MedianOf(std::size_t subject) const { return Median(values_.at(subject)); }

}  // namespace hotline::bench
