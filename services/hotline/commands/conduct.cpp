#include "hotline/commands/conduct.h"

#include <algorithm>
#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "contracts/timestamp.h"
#include "hotline/cli/call.h"
#include "hotline/cli/conduct_json.h"
#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/cli/names.h"
#include "hotline/cli/terminal.h"
#include "hotline/cli/time_flag.h"
#include "hotline/commands/commands.h"
#include "platform/time.h"

namespace hotline::commands {
namespace {

namespace v1 = escalation::v1;
using nlohmann::ordered_json;

std::string Share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? "—" : fmt::format("{:.0f}%", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string Before(const std::string& share) { return fmt::format("（上期 {}）", share); }

const v1::FindingSummary* FindingOf(const v1::SiteConduct& site, const std::string& rule) {
  const auto found = std::find_if(site.findings().begin(), site.findings().end(),
                                  [&](const auto& finding) { return finding.rule() == rule; });
  return found == site.findings().end() ? nullptr : &*found;
}

const v1::SiteConduct* SiteOf(const v1::GetConductSummaryResponse& summary, const std::string& name) {
  const auto found = std::find_if(summary.sites().begin(), summary.sites().end(),
                                  [&](const auto& site) { return site.site() == name; });
  return found == summary.sites().end() ? nullptr : &*found;
}

/// What was found then and is found no more is news, too.
std::vector<std::string> RulesOf(const v1::SiteConduct& site, const v1::SiteConduct* before) {
  std::vector<std::string> rules;
  for (const auto& finding : site.findings()) rules.push_back(finding.rule());
  if (before == nullptr) return rules;
  for (const auto& finding : before->findings()) {
    if (FindingOf(site, finding.rule()) == nullptr) rules.push_back(finding.rule());
  }
  return rules;
}

/// In how many of the calls it was found.
std::string ShareOf(const std::string& rule, const v1::SiteConduct& site) {
  const auto* const finding = FindingOf(site, rule);
  return Share(finding == nullptr ? 0 : finding->calls(), site.calls());
}

std::vector<std::string> RowOf(const std::string& rule, const v1::SiteConduct& site, const v1::SiteConduct* before) {
  const std::string name{cli::NameOfReason(rule)};
  const std::string share = ShareOf(rule, site) + (before == nullptr ? "" : Before(ShareOf(rule, *before)));
  const auto* const finding = FindingOf(site, rule);
  if (finding == nullptr) return {name, "0", share, "0", "—", "—", "—"};
  const auto last = finding->examples().empty() ? v1::FindingExample{} : finding->examples(0);
  return {name,
          std::to_string(finding->calls()),
          share,
          std::to_string(finding->times()),
          last.call_id(),
          std::to_string(last.turn()),
          cli::Shorten(last.words(), 48)};
}

ordered_json ToJson(const v1::SiteConduct& site) {
  ordered_json findings = ordered_json::array();
  for (const auto& finding : site.findings()) {
    ordered_json examples = ordered_json::array();
    for (const auto& one : finding.examples())
      examples.push_back({{"call_id", one.call_id()}, {"turn", one.turn()}, {"words", one.words()}});
    findings.push_back(
        {{"rule", finding.rule()}, {"calls", finding.calls()}, {"times", finding.times()}, {"examples", examples}});
  }
  return {{"site", site.site()},
          {"calls", site.calls()},
          {"restated", site.restated()},
          {"upset", site.upset()},
          {"soothed_first", site.soothed_first()},
          {"findings", findings}};
}

ordered_json ToJson(const v1::GetConductSummaryResponse& summary) {
  ordered_json sites = ordered_json::array();
  for (const auto& site : summary.sites()) sites.push_back(ToJson(site));
  return sites;
}

struct SummaryFlags {
  cli::ConnectionFlags connection;
  std::string site, since, until;
  bool json = false;
};

/// The span of the same length that ends where this one begins.
v1::GetConductSummaryRequest SpanBefore(const v1::GetConductSummaryRequest& request) {
  v1::GetConductSummaryRequest before;
  before.set_site(request.site());
  *before.mutable_since() = request.since() - (request.until() - request.since());
  *before.mutable_until() = request.since();
  return before;
}

void Summary(const SummaryFlags& flags) {
  v1::GetConductSummaryRequest request;
  request.set_site(flags.site);
  if (!flags.until.empty()) *request.mutable_until() = cli::TimeOrFail("--until", flags.until);
  if (!flags.since.empty()) {
    *request.mutable_since() = cli::TimeOrFail("--since", flags.since);
    // A span has an end, or there is none of the same length before it.
    if (flags.until.empty()) *request.mutable_until() = contracts::ToTimestamp(platform::WallClock{}.Now());
  }
  const auto connection = cli::OrFail(cli::Connection::Open(flags.connection));
  const auto stub = v1::EscalationService::NewStub(connection->channel());
  const v1::GetConductSummaryResponse now = ConductOf(request, *stub);
  v1::GetConductSummaryResponse before;
  if (request.has_since()) before = ConductOf(SpanBefore(request), *stub);
  if (flags.json) {
    std::cout << ordered_json{{"sites", ToJson(now)},
                              {"before", request.has_since() ? ToJson(before) : ordered_json(nullptr)}}
                     .dump()
              << '\n';
    return;
  }
  if (now.sites().empty()) std::cout << "没有已复盘的通话\n";
  for (const auto& site : now.sites()) std::cout << ConductText(site, SiteOf(before, site.site()));
}

struct ShowFlags {
  cli::ConnectionFlags connection;
  std::string call_id;
  bool json = false;
};

void Show(const ShowFlags& flags) {
  const auto connection = cli::OrFail(cli::Connection::Open(flags.connection));
  const auto stub = v1::EscalationService::NewStub(connection->channel());
  v1::GetConductRequest request;
  request.set_call_id(flags.call_id);
  v1::GetConductResponse response;
  cli::OrFail(cli::Call([&](auto* call) { return stub->GetConduct(call, request, &response); }));
  const v1::Conduct& conduct = response.conduct();
  if (flags.json) {
    std::cout << cli::ToJson(conduct).dump() << '\n';
    return;
  }
  std::cout << "复述诉求  " << (conduct.restated() ? "是" : "否") << '\n'
            << "先安抚    "
            << (!conduct.has_soothe_first() ? "来电人平静"
                : conduct.soothe_first()    ? "是"
                                            : "否")
            << '\n';
  if (conduct.findings().empty()) {
    std::cout << "没有发现问题\n";
    return;
  }
  cli::Table table{{"轮次", "问题", "原话"}};
  for (const auto& one : conduct.findings())
    table.Add({std::to_string(one.turn()), std::string{cli::NameOfReason(one.rule())}, one.words()});
  std::cout << table.Text();
}

}  // namespace

v1::GetConductSummaryResponse ConductOf(const v1::GetConductSummaryRequest& request,
                                        v1::EscalationService::Stub& stub) {
  v1::GetConductSummaryResponse response;
  cli::OrFail(cli::Call([&](auto* call) { return stub.GetConductSummary(call, request, &response); }));
  return response;
}

std::string ConductText(const v1::SiteConduct& site, const v1::SiteConduct* before) {
  std::string text = fmt::format("  {}  {} 件：复述诉求 {}{}；来电人有情绪 {} 件，先安抚 {}{}\n", site.site(),
                                 site.calls(), Share(site.restated(), site.calls()),
                                 before == nullptr ? "" : Before(Share(before->restated(), before->calls())),
                                 site.upset(), Share(site.soothed_first(), site.upset()),
                                 before == nullptr ? "" : Before(Share(before->soothed_first(), before->upset())));
  cli::Table table{{"问题", "通话", "占比", "次数", "最近一例", "轮次", "原话"}};
  for (const std::string& rule : RulesOf(site, before)) table.Add(RowOf(rule, site, before));
  return table.empty() ? text : text + table.Text("    ");
}

void AddConduct(CLI::App& program) {
  auto* const conduct =
      program.add_subcommand("conduct", "How agents handled calls: one call's review, what many have in common");
  conduct->require_subcommand(1);

  auto summary_flags = std::make_shared<SummaryFlags>();
  auto* const summary =
      conduct->add_subcommand("summary", "Site by site: how agents began, which findings, how often, with an example");
  summary->add_option("--site", summary_flags->site, "One site only");
  summary->add_option("--since", summary_flags->since,
                      "First day, 2026-03-01; the span of the same length before it stands beside");
  summary->add_option("--until", summary_flags->until, "Day after the last (default: now, where --since is given)");
  summary->add_flag("--json", summary_flags->json, "One JSON object");
  summary_flags->connection.AddTo(*summary);
  summary->callback([summary_flags] { Summary(*summary_flags); });

  auto show_flags = std::make_shared<ShowFlags>();
  auto* const show = conduct->add_subcommand("show", "The review of one call, for its agent");
  show->add_option("call_id", show_flags->call_id, "Call, as summary names it")->required();
  show->add_flag("--json", show_flags->json, "As replay prints it");
  show_flags->connection.AddTo(*show);
  show->callback([show_flags] { Show(*show_flags); });
}

}  // namespace hotline::commands
