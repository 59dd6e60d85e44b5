#include "hotline/commands/text_labels.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "hotline/cli/failure.h"
#include "hotline/cli/terminal.h"
#include "hotline/cli/text_services.h"
#include "hotline/cli/tsv.h"

namespace hotline::commands {
namespace {

constexpr std::size_t kBatch = 200;

std::vector<std::string> TextsOf(const cli::TsvFile& tsv, const std::vector<std::string>& names) {
  std::vector<std::size_t> columns;
  columns.reserve(names.size());
  for (const std::string& name : names) columns.push_back(cli::OrFail(tsv.Column(name)));
  std::vector<std::string> texts(tsv.rows());
  for (std::size_t row = 0; row < texts.size(); ++row) {
    for (const std::size_t column : columns) {
      if (!texts[row].empty()) texts[row] += '\n';
      texts[row] += tsv.Field(row, column);
    }
  }
  return texts;
}

}  // namespace

void RunLabelJob(const LabelJob& job, const LabelBatch& label) {
  const cli::TsvFile tsv = cli::OrFail(cli::TsvFile::Read(job.in));
  const std::vector<std::string> texts = TextsOf(tsv, job.text_columns);
  const auto connection = cli::OpenForTexts(job.connection);

  std::vector<std::vector<std::string>> cells;
  cli::Progress progress{std::string{job.what}, texts.size()};
  for (std::size_t from = 0; from < texts.size(); from += kBatch) {
    const std::vector<std::string> batch{
        texts.begin() + static_cast<std::ptrdiff_t>(from),
        texts.begin() + static_cast<std::ptrdiff_t>(std::min(from + kBatch, texts.size()))};
    for (const Label& given : label(connection->channel(), batch)) {
      cells.push_back({given.name, fmt::format("{:.6f}", given.probability)});
    }
    progress.Update(cells.size());
  }
  progress.Finish();
  if (cells.size() != texts.size()) throw cli::Failure{"the service answered another number of texts", 1};
  const std::string_view names[] = {job.label_column, job.probability_column};
  cli::OrFail(tsv.WriteWith(job.out, names, cells));
}

}  // namespace hotline::commands
