#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "escalation/app/alert_table.h"
#include "escalation/app/calls.h"
#include "escalation/domain/alert.h"

namespace hotline::platform {
class Metrics;
class Notifier;
}  // namespace hotline::platform

namespace hotline::escalation {

/// What Notifier::Notify() is called with when alerts of a site (empty: of any) have changed.
[[nodiscard]] inline std::string AlertFeedKey(std::string_view site) {
  return "escalation/alerts/" + std::string{site};
}

/// Who makes a change, and when (wall time).
struct Who {
  std::string actor;
  Time at;
};

/// The use cases of warnings. Each runs inside the transaction it is given, so that its effect, the memory of the
/// request or event and the outgoing events commit together or not at all. Thread-safe.
class Alerts {
 public:
  /// All must outlive this.
  Alerts(AlertTable& table, CallTable& calls, CallEvents& events, platform::Notifier& notifier,
         platform::Metrics& metrics)
      : table_{table}, calls_{calls}, events_{events}, notifier_{notifier}, metrics_{metrics} {}

  /// Warns when `risk` is a step up against what `call` was warned of, and remembers it there. `said_at`: the turn's
  /// time by the call's clock; `wall`: now.
  void Warn(platform::Transaction& tx, WatchedCall& call, const TurnRisk& risk, Time said_at, Time wall);

  // A supervisor's changes. NOT_FOUND; ABORTED when `expected_version` is stale; else the errors of the domain.
  [[nodiscard]] absl::StatusOr<Alert> Acknowledge(platform::Transaction& tx, std::string_view alert_id,
                                                  std::int64_t expected_version, const Who& who);
  [[nodiscard]] absl::StatusOr<Alert> TakeOver(platform::Transaction& tx, std::string_view alert_id,
                                               std::int64_t expected_version, const Who& who);
  /// The note is masked here.
  [[nodiscard]] absl::StatusOr<Alert> Judge(platform::Transaction& tx, std::string_view alert_id,
                                            std::int64_t expected_version, Verdict verdict, std::string_view note,
                                            const Who& who);

  /// NOT_FOUND: no such call; FAILED_PRECONDITION: it has an alert; INVALID_ARGUMENT: it has no such turn. A second
  /// report of a call replaces the first: it was missed once. The note is masked here.
  [[nodiscard]] absl::Status ReportMissed(platform::Transaction& tx, std::string_view call_id, int turn,
                                          std::string_view note, const Who& who);

 private:
  absl::StatusOr<Alert> FindCurrent(platform::Session& session, std::string_view alert_id,
                                    std::int64_t expected_version);
  absl::Status Save(platform::Transaction& tx, const Alert& alert, const AlertChange& change);
  void Tell(platform::Transaction& tx, const Alert& alert, Time at);

  AlertTable& table_;
  CallTable& calls_;
  CallEvents& events_;
  platform::Notifier& notifier_;
  platform::Metrics& metrics_;
};

}  // namespace hotline::escalation
