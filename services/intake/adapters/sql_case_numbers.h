#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "intake/app/ports.h"

namespace hotline::intake {

/// Table case_serials, in blocks: a process takes a block in one transaction and gives its numbers out from memory, so
/// that concurrent transactions do not wait for one row. What a crash or a rollback leaves unused stays unused.
/// Thread-safe.
class SqlCaseNumbers final : public CaseNumbers {
 public:
  std::string Next(Transaction& tx, std::string_view site, std::string_view site_code, Time opened_at) override;

 private:
  /// Serials of committed blocks, ready to be given; shared, for a commit may end after this object.
  struct Stock {
    std::mutex mutex;
    std::map<std::pair<std::string, std::int64_t>, std::deque<std::int64_t>> ready;
  };

  const std::shared_ptr<Stock> stock_ = std::make_shared<Stock>();
};

}  // namespace hotline::intake
