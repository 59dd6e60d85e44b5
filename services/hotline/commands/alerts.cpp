#include <hotline/escalation/v1/escalation_service.grpc.pb.h>

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "hotline/cli/call.h"
#include "hotline/cli/case_json.h"
#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/cli/names.h"
#include "hotline/cli/terminal.h"
#include "hotline/commands/commands.h"

namespace hotline::commands {
namespace {

namespace v1 = escalation::v1;
using nlohmann::ordered_json;

struct AlertFlags {
  cli::ConnectionFlags connection;
  std::string site;
  bool all = false;
  bool json = false;
  int limit = 100;
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
               (reason.words().empty() ? "" : "“" + reason.words() + "”");
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
  request.set_page_size(flags.limit);
  v1::ListAlertsResponse response;
  cli::OrFail(cli::Call([&](auto* call) { return stub->ListAlerts(call, request, &response); }));
  for (const auto& alert : response.alerts()) Print(alert, flags.json);
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
  auto* const alerts = program.add_subcommand("alerts", "Warnings to the supervisor: watch, list");
  alerts->require_subcommand(1);
  auto flags = std::make_shared<AlertFlags>();
  auto* const watch = AddAction(*alerts, "watch", "Print alerts as they come", flags);
  watch->add_flag("--all", flags->all, "Begin with the first alert there is");
  watch->callback([flags] { Watch(*flags); });
  auto* const list = AddAction(*alerts, "list", "Alerts, newest first", flags);
  list->add_option("--limit", flags->limit, "At most so many")->check(CLI::Range(1, 1000))->capture_default_str();
  list->callback([flags] { List(*flags); });
}

}  // namespace hotline::commands
