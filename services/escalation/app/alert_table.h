#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>

#include "escalation/app/calibration.h"
#include "escalation/domain/alert.h"
#include "platform/store/store.h"

namespace hotline::escalation {

enum class AlertAction { kRaised = 1, kAcknowledged, kTakenOver, kJudged };

/// One line of an alert's history.
struct AlertChange {
  AlertAction action = AlertAction::kRaised;
  std::string actor;
  Time at;  ///< Wall time.
  std::string note;
};

/// Where a page of alerts begins: after this one.
struct AlertPosition {
  Time raised_at;
  std::string alert_id;
};

struct AlertQuery {
  std::string site;  ///< Empty: every site.
  std::optional<AlertState> state;
  std::optional<RiskLevel> min_level;
  std::string call_id;  ///< Empty: every call.
  std::optional<AlertPosition> after;
  int limit = 100;
};

struct AlertPage {
  std::vector<Alert> alerts;  ///< The latest first.
  bool more = false;
};

/// A place in the feed of changes and the alert as it is now.
struct NumberedAlert {
  std::int64_t number = 0;
  Alert alert;
};

struct AlertFeedPage {
  std::vector<NumberedAlert> alerts;
  std::int64_t cursor = 0;
};

/// A supervisor's word that a call should have had a warning.
struct MissedCall {
  std::string call_id;
  std::string site;
  int turn = 0;  ///< At which it would have been right.
  std::string note;
  std::string actor;
  Time at;
};

/// Alerts, their history and the missed calls. Keeps no state: any thread, inside the caller's session or transaction.
/// Throws platform::StoreError.
class AlertTable {
 public:
  virtual ~AlertTable() = default;

  [[nodiscard]] virtual std::optional<Alert> Find(platform::Session& session, std::string_view alert_id) = 0;
  [[nodiscard]] virtual bool HasAlert(platform::Session& session, std::string_view call_id) = 0;
  [[nodiscard]] virtual AlertPage List(platform::Session& session, const AlertQuery& query) = 0;
  /// Changes of a site (empty: of all) after `cursor`, in order. `wall`: now, by which late numbers are told.
  [[nodiscard]] virtual AlertFeedPage ChangesAfter(platform::Session& session, std::string_view site,
                                                   std::int64_t cursor, int limit, Time wall) = 0;
  [[nodiscard]] virtual std::int64_t LastChange(platform::Session& session) = 0;

  virtual void Insert(platform::Transaction& tx, const Alert& alert, const AlertChange& change) = 0;
  /// Replaces version `alert.version - 1`; ABORTED when the row has another.
  [[nodiscard]] virtual absl::Status Update(platform::Transaction& tx, const Alert& alert,
                                            const AlertChange& change) = 0;
  virtual void KeepMissed(platform::Transaction& tx, const MissedCall& missed) = 0;

  [[nodiscard]] virtual CalibrationCounts Count(platform::Session& session, const CalibrationQuery& query) = 0;
};

}  // namespace hotline::escalation
