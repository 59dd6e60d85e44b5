#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "knowledge/app/ports.h"

namespace hotline::knowledge {

struct ImportResult {
  int published = 0;
  int unchanged = 0;  ///< Already there, word for word.
  std::int64_t knowledge_version = 0;
};

/// The knowledge owner's use cases: one true, current version of every article. Stateless but for what it refers to.
class Librarian {
 public:
  Librarian(KnowledgeTable& table, KnowledgeEvents& events) : table_{table}, events_{events} {}

  /// Publishes each as the newest version of its id; one that says the same as the newest changes nothing.
  ImportResult Publish(Transaction& tx, std::span<const Article> articles, Time now);
  /// NOT_FOUND. Retiring twice changes nothing.
  absl::StatusOr<Article> Retire(Transaction& tx, std::string_view id, Time now);
  ImportResult PublishPhrases(Transaction& tx, std::span<const Phrase> phrases, Time now);
  absl::StatusOr<Phrase> RetirePhrase(Transaction& tx, std::string_view id, Time now);

 private:
  void Save(Transaction& tx, Article& article, Time now);

  KnowledgeTable& table_;
  KnowledgeEvents& events_;
};

}  // namespace hotline::knowledge
