#include "escalation/rpc/escalation_handler.h"

#include <algorithm>

#include "contracts/enums.h"
#include "escalation/adapters/messages.h"
#include "escalation/rpc/requests.h"
#include "platform/rpc/feed_stream.h"
#include "platform/rpc/status.h"
#include "platform/time.h"

namespace hotline::escalation {
namespace {

using platform::Actor;
using platform::kEveryone;
using platform::Role;
using platform::Session;
using platform::Transaction;

constexpr std::initializer_list<Role> kDesk = {Role::kSupervisor, Role::kSystem};
constexpr std::initializer_list<Role> kReaders = {Role::kSupervisor, Role::kDirector, Role::kSystem};
constexpr int kFeedPage = 100;

absl::Status NoSuchCall() { return platform::WithReason(absl::NotFoundError("no such call"), "CALL_UNKNOWN"); }

absl::Status Write(const absl::StatusOr<Alert>& from, v1::Alert& to) {
  if (from.ok()) to = ToMessage(*from);
  return from.status();
}

void Write(const Calibration& from, v1::GetCalibrationResponse& to) {
  to.set_calls(from.calls);
  to.set_alerts(from.alerts);
  to.set_judged(from.judged);
  to.set_right(from.right);
  to.set_false_alarms(from.false_alarms);
  to.set_missed(from.missed);
  to.set_precision(from.Precision());
  to.set_recall(from.Recall());
  to.set_mean_lead_turns(from.mean_lead_turns);
  for (const auto& [name, level] : from.levels) {
    v1::LevelCalibration& message = *to.add_levels();
    message.set_level(contracts::ToProto<common::v1::RiskLevel>(name));
    message.set_judged(level.judged);
    message.set_right(level.right);
    message.set_mean_risk(level.mean_risk);
  }
}

void Write(const std::string& rule, const SiteConduct::Finding& from, v1::FindingSummary& to) {
  to.set_rule(rule);
  to.set_calls(from.calls);
  to.set_times(from.times);
  for (const SiteConduct::Example& example : from.latest) {
    v1::FindingExample& message = *to.add_examples();
    message.set_call_id(example.call_id);
    message.set_turn(example.turn);
    message.set_words(example.words);
  }
}

void Write(const std::string& name, const SiteConduct& from, v1::SiteConduct& to) {
  to.set_site(name);
  to.set_calls(from.calls);
  to.set_restated(from.restated);
  to.set_upset(from.upset);
  to.set_soothed_first(from.soothed_first);
  for (const auto& [rule, finding] : from.findings) Write(rule, finding, *to.add_findings());
  std::stable_sort(to.mutable_findings()->begin(), to.mutable_findings()->end(),
                   [](const auto& a, const auto& b) { return a.calls() > b.calls(); });
}

}  // namespace

grpc::ServerUnaryReactor* EscalationHandler::GetCallRisk(grpc::CallbackServerContext* context,
                                                         const v1::GetCallRiskRequest* request,
                                                         v1::GetCallRiskResponse* response) {
  return RunQuery(context, rpc_, request, kEveryone, [this, request, response](const Actor&) -> absl::Status {
    if (absl::Status checked = Check(*request); !checked.ok()) return checked;
    return rpc_.store.Read([&](Session& session) -> absl::Status {
      auto risk = calls_.Risk(session, request->call_id());
      if (!risk) return NoSuchCall();
      *response = *std::move(risk);
      return absl::OkStatus();
    });
  });
}

grpc::ServerWriteReactor<v1::WatchAlertsResponse>* EscalationHandler::WatchAlerts(
    grpc::CallbackServerContext* context, const v1::WatchAlertsRequest* request) {
  using Page = platform::FeedPage<v1::WatchAlertsResponse>;
  if (const absl::Status checked = Check(*request); !checked.ok()) {
    return platform::FeedStream<v1::WatchAlertsResponse>::Refuse(checked);
  }
  const std::string site = request->site();
  const auto fetch = [this, site](std::int64_t cursor) -> absl::StatusOr<Page> {
    Page page;
    page.cursor = cursor;
    const absl::Status read = rpc_.store.Read([&](Session& session) {
      if (cursor == -1) {  // Only new ones: from here on.
        page.cursor = table_.LastChange(session);
        return absl::OkStatus();
      }
      const AlertFeedPage changes = table_.ChangesAfter(session, site, cursor, kFeedPage, rpc_.clock.Now());
      page.cursor = changes.cursor;
      for (const NumberedAlert& change : changes.alerts) {
        v1::WatchAlertsResponse& message = page.messages.emplace_back();
        message.set_cursor(change.number);
        *message.mutable_alert() = ToMessage(change.alert);
      }
      return absl::OkStatus();
    });
    if (!read.ok()) return read;
    return page;
  };
  return platform::RunFeed<v1::WatchAlertsResponse>(context, rpc_, kReaders, AlertFeedKey(site), request->cursor(),
                                                    fetch);
}

grpc::ServerUnaryReactor* EscalationHandler::ListAlerts(grpc::CallbackServerContext* context,
                                                        const v1::ListAlertsRequest* request,
                                                        v1::ListAlertsResponse* response) {
  return RunQuery(context, rpc_, request, kReaders, [this, request, response](const Actor&) -> absl::Status {
    const absl::StatusOr<AlertQuery> query = AlertQueryOf(*request);
    if (!query.ok()) return query.status();
    return rpc_.store.Read([&](Session& session) {
      const AlertPage page = table_.List(session, *query);
      for (const Alert& alert : page.alerts) *response->add_alerts() = ToMessage(alert);
      if (page.more) response->set_next_page_token(PageTokenAfter(page.alerts.back(), *request));
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* EscalationHandler::AcknowledgeAlert(grpc::CallbackServerContext* context,
                                                              const v1::AcknowledgeAlertRequest* request,
                                                              v1::AcknowledgeAlertResponse* response) {
  return RunCommand(
      context, rpc_, request, response, kDesk, [request] { return Check(*request); },
      [this, request, response](Transaction& tx, const Actor& actor) {
        return Write(
            alerts_.Acknowledge(tx, request->alert_id(), request->expected_version(), {actor.id, rpc_.clock.Now()}),
            *response->mutable_alert());
      });
}

grpc::ServerUnaryReactor* EscalationHandler::TakeOverCall(grpc::CallbackServerContext* context,
                                                          const v1::TakeOverCallRequest* request,
                                                          v1::TakeOverCallResponse* response) {
  return RunCommand(
      context, rpc_, request, response, kDesk, [request] { return Check(*request); },
      [this, request, response](Transaction& tx, const Actor& actor) {
        return Write(
            alerts_.TakeOver(tx, request->alert_id(), request->expected_version(), {actor.id, rpc_.clock.Now()}),
            *response->mutable_alert());
      });
}

grpc::ServerUnaryReactor* EscalationHandler::JudgeAlert(grpc::CallbackServerContext* context,
                                                        const v1::JudgeAlertRequest* request,
                                                        v1::JudgeAlertResponse* response) {
  return RunCommand(
      context, rpc_, request, response, kDesk, [request] { return VerdictOf(*request).status(); },
      [this, request, response](Transaction& tx, const Actor& actor) {
        return Write(alerts_.Judge(tx, request->alert_id(), request->expected_version(), *VerdictOf(*request),
                                   request->note(), {actor.id, rpc_.clock.Now()}),
                     *response->mutable_alert());
      });
}

grpc::ServerUnaryReactor* EscalationHandler::GetCalibration(grpc::CallbackServerContext* context,
                                                            const v1::GetCalibrationRequest* request,
                                                            v1::GetCalibrationResponse* response) {
  return RunQuery(context, rpc_, request, kReaders, [this, request, response](const Actor&) -> absl::Status {
    const absl::StatusOr<CalibrationQuery> query = CalibrationQueryOf(*request, rpc_.clock.Now());
    if (!query.ok()) return query.status();
    return rpc_.store.Read([&](Session& session) {
      Write(Calibrate(table_.Count(session, *query)), *response);
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* EscalationHandler::GetConduct(grpc::CallbackServerContext* context,
                                                        const v1::GetConductRequest* request,
                                                        v1::GetConductResponse* response) {
  return RunQuery(context, rpc_, request, kEveryone, [this, request, response](const Actor&) -> absl::Status {
    if (absl::Status checked = Check(*request); !checked.ok()) return checked;
    return rpc_.store.Read([&](Session& session) -> absl::Status {
      std::optional<SqlCallTable::Review> review = calls_.ReviewOf(session, request->call_id());
      if (!review) return NoSuchCall();
      if (!review->conduct) {
        return platform::WithReason(absl::FailedPreconditionError("the call is still open"), "CALL_OPEN");
      }
      *response->mutable_conduct() = *std::move(review->conduct);
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* EscalationHandler::GetConductSummary(grpc::CallbackServerContext* context,
                                                               const v1::GetConductSummaryRequest* request,
                                                               v1::GetConductSummaryResponse* response) {
  return RunQuery(context, rpc_, request, kReaders, [this, request, response](const Actor&) -> absl::Status {
    const absl::StatusOr<ConductQuery> query = ConductQueryOf(*request);
    if (!query.ok()) return query.status();
    return rpc_.store.Read([&](Session& session) {
      const ConductSummary summary = calls_.Summary(session, *query);
      for (const auto& [name, site] : summary.sites()) Write(name, site, *response->add_sites());
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* EscalationHandler::ReportMissedCall(grpc::CallbackServerContext* context,
                                                              const v1::ReportMissedCallRequest* request,
                                                              v1::ReportMissedCallResponse* response) {
  return RunCommand(
      context, rpc_, request, response, kDesk, [request] { return Check(*request); },
      [this, request](Transaction& tx, const Actor& actor) {
        return alerts_.ReportMissed(tx, request->call_id(), request->turn(), request->note(),
                                    {actor.id, rpc_.clock.Now()});
      });
}

}  // namespace hotline::escalation
