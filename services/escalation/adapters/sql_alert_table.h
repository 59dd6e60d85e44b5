#pragma once

#include "escalation/app/alert_table.h"

namespace hotline::escalation {

/// Tables alerts, alert_changes and missed_calls (migrations/).
class SqlAlertTable final : public AlertTable {
 public:
  std::optional<Alert> Find(platform::Session& session, std::string_view alert_id) override;
  bool HasAlert(platform::Session& session, std::string_view call_id) override;
  AlertPage List(platform::Session& session, const AlertQuery& query) override;
  AlertFeedPage ChangesAfter(platform::Session& session, std::string_view site, std::int64_t cursor, int limit,
                             Time wall) override;
  std::int64_t LastChange(platform::Session& session) override;
  void Insert(platform::Transaction& tx, const Alert& alert, const AlertChange& change) override;
  absl::Status Update(platform::Transaction& tx, const Alert& alert, const AlertChange& change) override;
  void KeepMissed(platform::Transaction& tx, const MissedCall& missed) override;
  CalibrationCounts Count(platform::Session& session, const CalibrationQuery& query) override;
};

}  // namespace hotline::escalation
