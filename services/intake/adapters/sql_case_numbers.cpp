#include "intake/adapters/sql_case_numbers.h"

#include "intake/domain/calendar.h"
#include "intake/domain/case_number.h"

namespace hotline::intake {
namespace {

constexpr std::int64_t kBlock = 20;
constexpr std::size_t kMaxDays = 64;  // Replays jump between days; what is forgotten is a gap.

}  // namespace

std::string SqlCaseNumbers::Next(Transaction& tx, std::string_view site, std::string_view site_code, Time opened_at) {
  const auto day = DayInChina(opened_at);
  const std::pair key{std::string{site}, DayNumber(day)};
  {
    const std::lock_guard lock{stock_->mutex};
    if (const auto found = stock_->ready.find(key); found != stock_->ready.end() && !found->second.empty()) {
      const std::int64_t serial = found->second.front();
      found->second.pop_front();
      return FormatCaseNumber(site_code, day, serial);
    }
  }
  const auto rows = tx.Query(
      "INSERT INTO case_serials (site, serial_day, next_serial) VALUES (:1, :2, :3) "
      "ON CONFLICT (site, serial_day) DO UPDATE SET next_serial = case_serials.next_serial + :4 RETURNING next_serial",
      {key.first, key.second, kBlock + 1, kBlock});
  const std::int64_t first = rows.front().Int(0) - kBlock;
  // The rest of the block is nobody's until it is committed: a rollback here would give it out twice.
  tx.OnCommit([stock = stock_, key, first] {
    const std::lock_guard lock{stock->mutex};
    if (stock->ready.size() >= kMaxDays) stock->ready.clear();
    auto& ready = stock->ready[key];
    for (std::int64_t serial = first + 1; serial < first + kBlock; ++serial) ready.push_back(serial);
  });
  return FormatCaseNumber(site_code, day, first);
}

}  // namespace hotline::intake
