#include <hotline/escalation/v1/escalation_service.grpc.pb.h>

#include <iostream>
#include <map>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "hotline/cli/call.h"
#include "hotline/cli/case_json.h"
#include "hotline/cli/choice.h"
#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/cli/names.h"
#include "hotline/cli/pages.h"
#include "hotline/cli/terminal.h"
#include "hotline/cli/time_flag.h"
#include "hotline/commands/commands.h"

namespace hotline::commands {
namespace {

namespace v1 = escalation::v1;
using nlohmann::ordered_json;

/// Columns of a reason's words in a line for people: of a letter they may be a page.
constexpr std::size_t kWordsShown = 48;

struct AlertFlags {
  cli::ConnectionFlags connection;
  std::string site, since, until;
  bool all = false;
  bool json = false;
  std::size_t limit = 100;
  std::string alert_id;
  v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;
  std::string note;
  std::int64_t version = 0;
};

ordered_json ToJson(const v1::Alert& alert) {
  ordered_json reasons = ordered_json::array();
  for (const auto& reason : alert.reasons())
    reasons.push_back({{"code", reason.code()}, {"evidence", reason.words()}, {"turn", reason.turn()}});
  return {{"alert_id", alert.alert_id()},
          {"call_id", alert.call_id()},
          {"site", alert.site()},
          {"turn", alert.turn()},
          {"level", cli::NameOf(alert.level())},
          {"risk", alert.risk()},
          {"reasons", reasons},
          {"suggestion", cli::TextOrNull(alert.suggestion())},
          {"raised_at", cli::TimeOrNull(alert.has_raised_at(), alert.raised_at())},
          {"actor", cli::TextOrNull(alert.actor())},
          {"version", alert.version()}};
}

std::string LineOf(const v1::Alert& alert) {
  std::string reasons;
  for (const auto& reason : alert.reasons())
    reasons += "  " + std::string{cli::NameOfReason(reason.code())} +
               (reason.words().empty() ? "" : "“" + cli::Shorten(reason.words(), kWordsShown) + "”");
  return cli::ShortTime(alert.has_raised_at(), alert.raised_at()) + "  " + std::string{cli::NameOf(alert.level())} +
         "  " + alert.site() + " " + alert.call_id() + " turn " + std::to_string(alert.turn()) + reasons +
         (alert.suggestion().empty() ? "" : "  → " + alert.suggestion());
}

void Print(const v1::Alert& alert, bool json) {
  std::cout << (json ? ToJson(alert).dump() : LineOf(alert)) << std::endl;  // A watcher is read line by line.
}

void Watch(const AlertFlags& flags) {
  const auto connection = cli::OrFail(cli::Connection::Open(flags.connection));
  const auto stub = v1::EscalationService::NewStub(connection->channel());
  v1::WatchAlertsRequest request;
  request.set_site(flags.site);
  request.set_cursor(flags.all ? 0 : -1);
  grpc::ClientContext context;
  const auto stream = stub->WatchAlerts(&context, request);
  v1::WatchAlertsResponse response;
  std::cerr << "watching alerts; Ctrl-C ends\n";
  while (stream->Read(&response)) Print(response.alert(), flags.json);
  cli::OrFail(platform::FromGrpcStatus(stream->Finish()));
}

void List(const AlertFlags& flags) {
  const auto connection = cli::OrFail(cli::Connection::Open(flags.connection));
  const auto stub = v1::EscalationService::NewStub(connection->channel());
  v1::ListAlertsRequest request;
  request.set_site(flags.site);
  const auto listed = cli::OrFail(cli::ReadFirst<v1::ListAlertsResponse, v1::Alert>(
      request, flags.limit,
      [&](auto* context, const auto& asked, auto* answer) { return stub->ListAlerts(context, asked, answer); },
      [](const auto& page) { return page.alerts(); }));
  for (const auto& alert : listed.items) Print(alert, flags.json);
  cli::TellOfMore(listed.more);
}

/// The warning as it stands now: whoever judges without --version means that one.
v1::Alert Find(const std::string& alert_id, v1::EscalationService::Stub& stub) {
  v1::ListAlertsRequest request;
  std::optional<v1::Alert> found;
  cli::OrFail(cli::ReadPages<v1::ListAlertsResponse>(
      request, [&](auto* context, const auto& asked, auto* answer) { return stub.ListAlerts(context, asked, answer); },
      [&](const auto& page) {
        for (const auto& alert : page.alerts()) {
          if (alert.alert_id() == alert_id) found = alert;
        }
        return !found;
      }));
  if (!found) throw cli::Failure{"there is no warning " + alert_id, 1};
  return *std::move(found);
}

/// Who judges a warning has seen it. Returns its version.
std::int64_t Acknowledge(const v1::Alert& alert, v1::EscalationService::Stub& stub) {
  v1::AcknowledgeAlertRequest request;
  request.set_request_id(cli::FreshRequestId());
  request.set_alert_id(alert.alert_id());
  request.set_expected_version(alert.version());
  v1::AcknowledgeAlertResponse response;
  cli::OrFail(cli::Call([&](auto* call) { return stub.AcknowledgeAlert(call, request, &response); }));
  return response.alert().version();
}

void Judge(const AlertFlags& flags) {
  const auto connection = cli::OrFail(cli::Connection::Open(flags.connection));
  const auto stub = v1::EscalationService::NewStub(connection->channel());
  v1::JudgeAlertRequest request;
  request.set_request_id(cli::FreshRequestId());
  request.set_alert_id(flags.alert_id);
  request.set_verdict(flags.verdict);
  request.set_note(flags.note);
  v1::Alert alert = Find(flags.alert_id, *stub);
  if (flags.version > 0) alert.set_version(flags.version);
  const bool seen = alert.state() != v1::ALERT_STATE_RAISED;
  request.set_expected_version(seen ? alert.version() : Acknowledge(alert, *stub));
  v1::JudgeAlertResponse response;
  cli::OrFail(cli::Call([&](auto* call) { return stub->JudgeAlert(call, request, &response); }));
  Print(response.alert(), flags.json);
}

void Calibration(const AlertFlags& flags) {
  const auto connection = cli::OrFail(cli::Connection::Open(flags.connection));
  const auto stub = v1::EscalationService::NewStub(connection->channel());
  v1::GetCalibrationRequest request;
  request.set_site(flags.site);
  if (!flags.since.empty()) *request.mutable_since() = cli::TimeOrFail("--since", flags.since);
  if (!flags.until.empty()) *request.mutable_until() = cli::TimeOrFail("--until", flags.until);
  v1::GetCalibrationResponse response;
  cli::OrFail(cli::Call([&](auto* call) { return stub->GetCalibration(call, request, &response); }));
  ordered_json levels = ordered_json::array();
  cli::Table table{{"level", "judged", "right", "mean risk"}};
  for (const auto& level : response.levels()) {
    levels.push_back({{"level", cli::NameOf(level.level())},
                      {"judged", level.judged()},
                      {"right", level.right()},
                      {"mean_risk", level.mean_risk()}});
    table.Add({std::string{cli::NameOf(level.level())}, std::to_string(level.judged()), std::to_string(level.right()),
               fmt::format("{:.2f}", level.mean_risk())});
  }
  if (flags.json) {
    std::cout << ordered_json{{"site", flags.site},
                              {"calls", response.calls()},
                              {"alerts", response.alerts()},
                              {"judged", response.judged()},
                              {"right", response.right()},
                              {"false_alarms", response.false_alarms()},
                              {"missed", response.missed()},
                              {"precision", response.precision()},
                              {"recall", response.recall()},
                              {"mean_lead_turns", response.mean_lead_turns()},
                              {"levels", levels}}
                     .dump()
              << '\n';
    return;
  }
  std::cout << fmt::format("{} calls, {} warnings, {} judged: {} right, {} false alarms; {} calls missed\n",
                           response.calls(), response.alerts(), response.judged(), response.right(),
                           response.false_alarms(), response.missed())
            << fmt::format("precision {:.2f}, recall {:.2f}, {:.1f} turns ahead\n\n", response.precision(),
                           response.recall(), response.mean_lead_turns())
            << table.Text("  ");
}

CLI::App* AddAction(CLI::App& alerts, const char* name, const char* help, const std::shared_ptr<AlertFlags>& flags) {
  auto* const command = alerts.add_subcommand(name, help);
  command->add_option("--site", flags->site, "One site only");
  command->add_flag("--json", flags->json, "JSON, an object a line");
  flags->connection.AddTo(*command);
  return command;
}

}  // namespace

void AddAlerts(CLI::App& program) {
  auto* const alerts = program.add_subcommand("alerts", "Warnings to the supervisor: watch, list, judge, calibration");
  alerts->require_subcommand(1);
  auto flags = std::make_shared<AlertFlags>();
  auto* const watch = AddAction(*alerts, "watch", "Print alerts as they come", flags);
  watch->add_flag("--all", flags->all, "Begin with the first alert there is");
  watch->callback([flags] { Watch(*flags); });
  auto* const list = AddAction(*alerts, "list", "Alerts, newest first", flags);
  list->add_option("--limit", flags->limit, "At most so many; 0: all")->capture_default_str();
  list->callback([flags] { List(*flags); });
  auto* const calibration = AddAction(*alerts, "calibration", "How good the warnings are, by what was judged", flags);
  calibration->add_option("--since", flags->since, "First day, 2026-03-01");
  calibration->add_option("--until", flags->until, "Day after the last");
  calibration->callback([flags] { Calibration(*flags); });
  auto* const judge = alerts->add_subcommand("judge", "Say whether a warning was right: it becomes a training row");
  judge->add_option("alert_id", flags->alert_id, "Warning, as list prints it with --json")->required();
  cli::AddChoice(*judge, "verdict", flags->verdict,
                 {{"right", v1::VERDICT_RIGHT},
                  {"too-early", v1::VERDICT_TOO_EARLY},
                  {"too-late", v1::VERDICT_TOO_LATE},
                  {"false-alarm", v1::VERDICT_FALSE_ALARM}},
                 "How it was")
      ->required();
  judge->add_option("--note", flags->note, "Why");
  judge->add_option("--version", flags->version, "Version seen (default: the newest)");
  judge->add_flag("--json", flags->json, "JSON, an object a line");
  flags->connection.AddTo(*judge);
  judge->callback([flags] { Judge(*flags); });
}

}  // namespace hotline::commands
