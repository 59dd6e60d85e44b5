#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include <absl/status/statusor.h>
#include <grpcpp/channel.h>

namespace hotline::cli {

/// What an article gets where its file says nothing.
struct ArticleDefaults {
  std::string region;          ///< Empty: HomeRegion().
  std::string effective_from;  ///< "2026-01-01"; empty: the first day of all, 1949-10-01, for undated sources.
};

struct ImportCount {
  std::int64_t published = 0;
  std::int64_t unchanged = 0;  ///< Already there, word for word.
};

/// The region that `knowledge import` and `ask` take where none is given: HOTLINE_HOME_REGION, else 云州市.
[[nodiscard]] std::string HomeRegion();

/// JSONL as deploy/demo/articles.jsonl, or TSV with the columns id and text. INVALID_ARGUMENT names line and field;
/// lines before it are imported, and importing again repeats nothing.
absl::StatusOr<ImportCount> ImportArticleFile(const std::shared_ptr<grpc::Channel>& channel,
                                              const std::filesystem::path& file, const ArticleDefaults& defaults);

/// JSONL as deploy/demo/phrases.jsonl.
absl::StatusOr<ImportCount> ImportPhraseFile(const std::shared_ptr<grpc::Channel>& channel,
                                             const std::filesystem::path& file);

/// Whether the lines of a JSONL file are phrases rather than articles.
[[nodiscard]] absl::StatusOr<bool> HoldsPhrases(const std::filesystem::path& file);

}  // namespace hotline::cli
