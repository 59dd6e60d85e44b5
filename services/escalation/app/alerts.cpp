#include "escalation/app/alerts.h"

#include <utility>

#include <absl/strings/str_cat.h>

#include "escalation/domain/suggestion.h"
#include "language/masking.h"
#include "platform/concurrency/notifier.h"
#include "platform/ids.h"
#include "platform/rpc/status.h"
#include "platform/telemetry/log.h"
#include "platform/telemetry/metrics.h"

namespace hotline::escalation {
namespace {

constexpr std::string_view kSystem = "system";

AlertChange By(const Who& who, AlertAction action, std::string note = "") {
  return {.action = action, .actor = who.actor, .at = who.at, .note = std::move(note)};
}

}  // namespace

void Alerts::Warn(platform::Transaction& tx, WatchedCall& call, const TurnRisk& risk, Time said_at, Time wall) {
  if (!IsStepUp(call.warned, risk)) return;
  call.warned = risk.level;
  const Alert alert{.alert_id = platform::NewUlid(wall),
                    .call_id = call.call_id,
                    .site = call.site,
                    .turn = risk.turn,
                    .level = risk.level,
                    .risk = risk.risk,
                    .reasons = risk.reasons,
                    .raised_at = said_at,
                    .suggestion = Suggestion(risk)};
  table_.Insert(tx, alert, {.action = AlertAction::kRaised, .actor = std::string{kSystem}, .at = wall, .note = ""});
  Tell(tx, alert, said_at);
  tx.OnCommit([&metrics = metrics_, level = risk.level, alert_id = alert.alert_id, call_id = alert.call_id] {
    metrics.Add("hotline_escalation_alerts_total", 1, {{"level", language::Name(level)}});
    platform::Log(platform::LogLevel::kInfo, "escalation.alert_raised",
                  {{"alert_id", alert_id}, {"call_id", call_id}, {"warning", std::string{language::Name(level)}}});
  });
}

absl::StatusOr<Alert> Alerts::Acknowledge(platform::Transaction& tx, std::string_view alert_id,
                                          std::int64_t expected_version, const Who& who) {
  absl::StatusOr<Alert> alert = FindCurrent(tx, alert_id, expected_version);
  if (!alert.ok()) return alert;
  if (absl::Status done = escalation::Acknowledge(*alert, who.actor); !done.ok()) return done;
  if (alert->version == expected_version) return alert;  // It was so already.
  if (absl::Status saved = Save(tx, *alert, By(who, AlertAction::kAcknowledged)); !saved.ok()) return saved;
  return alert;
}

absl::StatusOr<Alert> Alerts::TakeOver(platform::Transaction& tx, std::string_view alert_id,
                                       std::int64_t expected_version, const Who& who) {
  absl::StatusOr<Alert> alert = FindCurrent(tx, alert_id, expected_version);
  if (!alert.ok()) return alert;
  if (absl::Status done = escalation::TakeOver(*alert, who.actor); !done.ok()) return done;
  if (alert->version == expected_version) return alert;
  if (absl::Status saved = Save(tx, *alert, By(who, AlertAction::kTakenOver)); !saved.ok()) return saved;
  return alert;
}

absl::StatusOr<Alert> Alerts::Judge(platform::Transaction& tx, std::string_view alert_id, std::int64_t expected_version,
                                    Verdict verdict, std::string_view note, const Who& who) {
  absl::StatusOr<Alert> alert = FindCurrent(tx, alert_id, expected_version);
  if (!alert.ok()) return alert;
  const std::string masked = language::MaskPrivate(note).text;
  if (absl::Status done = escalation::Judge(*alert, who.actor, verdict, masked); !done.ok()) return done;
  if (alert->version == expected_version) return alert;
  if (absl::Status saved = Save(tx, *alert, By(who, AlertAction::kJudged, masked)); !saved.ok()) return saved;
  return alert;
}

absl::Status Alerts::ReportMissed(platform::Transaction& tx, std::string_view call_id, int turn, std::string_view note,
                                  const Who& who) {
  const std::optional<WatchedCall> known = calls_.Find(tx, call_id);
  if (!known || !known->opening) {
    return platform::WithReason(absl::NotFoundError("no such call"), "CALL_UNKNOWN");
  }
  const WatchedCall call = calls_.Lock(tx, call_id, known->site);  // No alert comes in between.
  if (table_.HasAlert(tx, call_id)) {
    return platform::WithReason(absl::FailedPreconditionError("the call has an alert: judge that"), "CALL_HAS_ALERT");
  }
  const std::vector<WatchedTurn> turns = calls_.Turns(tx, call_id);
  if (turns.empty() || turn > turns.back().heard.turn.number) {
    return platform::BadField("turn", "is after the last turn of the call");
  }
  table_.KeepMissed(tx, {.call_id = call.call_id,
                         .site = call.site,
                         .turn = turn,
                         .note = language::MaskPrivate(note).text,
                         .actor = who.actor,
                         .at = who.at});
  return absl::OkStatus();
}

absl::StatusOr<Alert> Alerts::FindCurrent(platform::Session& session, std::string_view alert_id,
                                          std::int64_t expected_version) {
  std::optional<Alert> found = table_.Find(session, alert_id);
  if (!found) return platform::WithReason(absl::NotFoundError("no such alert"), "ALERT_UNKNOWN");
  if (found->version != expected_version) {
    return platform::WithReason(
        absl::AbortedError(absl::StrCat("the alert is at version ", found->version, ", not ", expected_version)),
        "VERSION_STALE");
  }
  return *std::move(found);
}

absl::Status Alerts::Save(platform::Transaction& tx, const Alert& alert, const AlertChange& change) {
  if (absl::Status saved = table_.Update(tx, alert, change); !saved.ok()) return saved;
  Tell(tx, alert, change.at);
  return absl::OkStatus();
}

void Alerts::Tell(platform::Transaction& tx, const Alert& alert, Time at) {
  events_.AlertChanged(tx, alert, at);
  tx.OnCommit([&notifier = notifier_, site = alert.site] {
    notifier.Notify(AlertFeedKey(site));
    notifier.Notify(AlertFeedKey(""));
  });
}

}  // namespace hotline::escalation
