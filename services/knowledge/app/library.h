#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "knowledge/app/ports.h"

namespace hotline::knowledge {

/// How true what this process knows still is.
struct Freshness {
  std::int64_t knowledge_version = 0;
  std::string newest_change;  ///< Of an article: id, version and when.
  /// Nothing while the record was asked within the last second; else how long ago it last answered.
  std::optional<std::chrono::seconds> unconfirmed;
  bool too_old = false;  ///< Nothing may be served any more.
};

/// The articles and phrases of the record, as this process holds them: searchable, and confirmed against the record's
/// version at least every second, whatever the bus does (design.md §5.4). Thread-safe.
class Library {
 public:
  using MonotonicClock = std::function<std::chrono::steady_clock::time_point()>;

  /// All must outlive this. Holds nothing until the first Freshen().
  Library(platform::Store& store, KnowledgeTable& table, ArticleIndex& index,
          MonotonicClock clock = &std::chrono::steady_clock::now)
      : store_{store}, table_{table}, index_{index}, clock_{std::move(clock)} {}

  /// Asks the record for its version when that was last done more than a second ago or something was changed here, and
  /// takes in what is new. May block on a read of the record; when the record is away it says so instead.
  Freshness Freshen();

  /// Something was committed here: the next Freshen() asks the record whatever the time.
  void Changed() { changed_ = true; }

  [[nodiscard]] const ArticleIndex& index() const { return index_; }
  [[nodiscard]] std::shared_ptr<const std::vector<Phrase>> phrases() const;

 private:
  absl::Status TakeIn();

  platform::Store& store_;
  KnowledgeTable& table_;
  ArticleIndex& index_;
  const MonotonicClock clock_;
  std::atomic<bool> changed_{true};

  mutable std::mutex mutex_;
  std::int64_t version_ = 0;
  std::string newest_change_;
  std::optional<std::chrono::steady_clock::time_point> confirmed_at_;
  std::shared_ptr<const std::vector<Phrase>> phrases_ = std::make_shared<const std::vector<Phrase>>();
};

}  // namespace hotline::knowledge
