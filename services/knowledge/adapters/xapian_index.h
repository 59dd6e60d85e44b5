#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <xapian.h>

#include "knowledge/app/ports.h"

namespace hotline::knowledge {

/// ArticleIndex by Xapian's BM25 over the characters and pairs of domain/terms.h. Region and dates are filters of the
/// query. Kept in memory, a search takes about a millisecond while others wait for it.
class XapianIndex final : public ArticleIndex {
 public:
  XapianIndex();

  void Put(const Article& article) override;
  [[nodiscard]] std::vector<Candidate> Search(std::string_view question, const Filter& filter,
                                              std::size_t top) const override;
  [[nodiscard]] std::vector<Candidate> SearchAnywhere(std::string_view question, std::size_t top) const override;
  [[nodiscard]] std::optional<Article> Find(std::string_view id, std::int64_t version) const override;

 private:
  void Index(const Article& article);
  [[nodiscard]] std::vector<Candidate> Run(std::string_view question, const Xapian::Query* filter,
                                           std::size_t top) const;

  mutable std::mutex mutex_;
  mutable Xapian::WritableDatabase database_;
  std::map<std::string, std::map<std::int64_t, Article>, std::less<>> versions_;  ///< By id: all that were put.
  std::map<std::string, Article, std::less<>> indexed_;                           ///< By document key.
};

}  // namespace hotline::knowledge
