#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "hotline/cli/connection.h"

namespace hotline::commands {

/// A label and its probability for one text.
struct Label {
  std::string name;
  double probability = 0;
};

/// What `classify` and `emotion` have in common: a TSV in, the same TSV with two columns out.
struct LabelJob {
  cli::ConnectionFlags connection;
  std::filesystem::path in;
  std::filesystem::path out;
  std::vector<std::string> text_columns;  ///< Joined with a line end.
  std::string_view what;                  ///< For the progress line.
  std::string_view label_column;
  std::string_view probability_column;
};

using LabelBatch =
    std::function<std::vector<Label>(const std::shared_ptr<grpc::Channel>&, const std::vector<std::string>&)>;

/// Throws Failure.
void RunLabelJob(const LabelJob& job, const LabelBatch& label);

}  // namespace hotline::commands
