#include "hotline/commands/report.h"

#include <hotline/classification/v1/classification_service.grpc.pb.h>
#include <hotline/escalation/v1/escalation_service.grpc.pb.h>
#include <hotline/followup/v1/followup_service.grpc.pb.h>
#include <hotline/intake/v1/intake_service.grpc.pb.h>
#include <hotline/knowledge/v1/knowledge_service.grpc.pb.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "contracts/timestamp.h"
#include "hotline/cli/call.h"
#include "hotline/cli/case_json.h"
#include "hotline/cli/case_marks.h"
#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/cli/names.h"
#include "hotline/cli/pages.h"
#include "hotline/cli/terminal.h"
#include "hotline/commands/commands.h"
#include "hotline/commands/conduct.h"
#include "hotline/commands/hot_places.h"
#include "platform/time.h"

namespace hotline::commands {
namespace {

using cli::Call;
using cli::OrFail;

constexpr std::size_t kRowsShown = 12;

std::vector<intake::v1::Case> AllCases(intake::v1::IntakeService::Stub& stub, const std::string& site) {
  intake::v1::ListCasesRequest request;
  request.set_site(site);
  std::vector<intake::v1::Case> cases;
  OrFail(cli::ReadPages<intake::v1::ListCasesResponse>(
      request, [&](auto* context, const auto& asked, auto* answer) { return stub.ListCases(context, asked, answer); },
      [&](const auto& answer) { cases.insert(cases.end(), answer.cases().begin(), answer.cases().end()); }));
  std::erase_if(cases, [](const auto& one) { return one.call_id().empty(); });  // Imported history is not today's work.
  return cases;
}

void Heading(std::string& text, std::string_view title) { text += fmt::format("\n■ {}\n", title); }

/// Counts of one property, most first.
template <typename Key>
std::string CountLine(const std::vector<intake::v1::Case>& cases, Key key) {
  std::map<std::string, int> counts;
  for (const auto& one : cases) ++counts[std::string{key(one)}];
  std::vector<std::pair<std::string, int>> ranked{counts.begin(), counts.end()};
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string line;
  for (const auto& [name, count] : ranked)
    line += fmt::format("{}{} {}", line.empty() ? "" : "  ", name.empty() ? "未定" : name, count);
  return line;
}

/// How many of the cases have each mark; those that none has are left out.
std::string MarkLine(const std::vector<intake::v1::Case>& cases) {
  std::string line;
  for (const cli::CaseMark& mark : cli::kCaseMarks) {
    const auto count = std::count_if(cases.begin(), cases.end(), [&](const auto& one) { return (one.*mark.holds)(); });
    if (count > 0) line += fmt::format("{}{} {}", line.empty() ? "" : "  ", mark.whole, count);
  }
  return line;
}

void AppendCases(std::string& text, const std::vector<intake::v1::Case>& cases) {
  std::set<std::string> calls;
  for (const auto& one : cases) calls.insert(one.call_id());
  Heading(text, fmt::format("来电来信 {} 件，形成工单 {} 件", calls.size(), cases.size()));
  text += "  类型  " + CountLine(cases, [](const auto& one) { return cli::NameOf(one.kind()); }) + "\n";
  text += "  状态  " + CountLine(cases, [](const auto& one) { return cli::NameOf(one.state()); }) + "\n";
  if (const std::string marks = MarkLine(cases); !marks.empty()) text += "  标记  " + marks + "\n";
  text += "  领域  " + CountLine(cases, [](const auto& one) { return one.topic(); }) + "\n";
}

void AppendDepartments(std::string& text, const std::vector<intake::v1::Case>& cases) {
  struct Load {
    int cases = 0;
    std::string earliest;
    std::string earliest_case;
  };
  std::map<std::string, Load> loads;
  for (const auto& one : cases) {
    Load& load = loads[one.departments().empty() ? "未定" : one.departments(0)];
    ++load.cases;
    const std::string due = cli::ShortTime(one.has_due_at(), one.due_at());
    if (due.empty() || (!load.earliest.empty() && due >= load.earliest)) continue;
    load.earliest = due;
    load.earliest_case = one.case_no();
  }
  std::vector<std::pair<std::string, Load>> ranked{loads.begin(), loads.end()};
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.second.cases > b.second.cases; });
  Heading(text, "承办单位与最早时限");
  cli::Table table{{"承办单位", "工单", "最早到期", "该工单"}};
  for (const auto& [department, load] : ranked) {
    table.Add({department, std::to_string(load.cases), load.earliest.empty() ? "—" : load.earliest,
               load.earliest.empty() ? "—" : load.earliest_case});
  }
  text += table.Text("  ");
}

/// What several callers bring of one neighbourhood. `sites`: those that have cases.
void AppendIssues(std::string& text, classification::v1::ClassificationService::Stub& stub,
                  const std::set<std::string>& sites) {
  constexpr int kIssuesOfSite = 100;
  std::vector<HotPlace> places;
  for (const std::string& site : sites) {
    classification::v1::ListHotIssuesRequest request;
    request.set_site(site);
    request.set_page_size(kIssuesOfSite);
    classification::v1::ListHotIssuesResponse response;
    OrFail(Call([&](auto* context) { return stub.ListHotIssues(context, request, &response); }));
    for (HotPlace& place : ByPlace({response.issues().begin(), response.issues().end()}))
      places.push_back(std::move(place));
  }
  if (places.empty()) {
    Heading(text, "升温问题：无");
    return;
  }
  std::stable_sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.heat() > b.heat(); });
  places.resize(std::min(places.size(), kRowsShown));
  Heading(text, "升温问题（同一地方，越近越热）");
  cli::Table table{{"工单", "最早", "最近", "领域", "地点", "事项"}};
  for (const HotPlace& place : places) {
    const auto& issue = place.hottest();
    std::string matters = cli::Shorten(issue.title(), 44);
    if (place.issues.size() > 1) matters += fmt::format(" 等 {} 类事项", place.issues.size());
    table.Add({std::to_string(place.cases()), cli::ShortTime(true, place.first_at()),
               cli::ShortTime(true, place.last_at()), issue.topic(), cli::Shorten(issue.place(), 28), matters});
  }
  text += table.Text("  ");
}

std::string ReasonOf(const escalation::v1::Alert& alert) {
  std::string reason;
  std::set<std::string> facts;  // Each of several earlier cases gives its own, and says the same.
  for (const auto& evidence : alert.reasons()) {
    if (reason.size() > 150) break;
    if (evidence.words().empty() && !facts.insert(evidence.code()).second) continue;
    reason += fmt::format("{}{}{}", reason.empty() ? "" : "；", cli::NameOfReason(evidence.code()),
                          evidence.words().empty()
                              ? ""
                              : fmt::format("“{}”(第{}轮)", cli::Shorten(evidence.words(), 28), evidence.turn()));
  }
  return reason;
}

void AppendAlerts(std::string& text, escalation::v1::EscalationService::Stub& stub, const std::string& site) {
  escalation::v1::ListAlertsRequest request;
  request.set_site(site);
  request.set_min_level(common::v1::RISK_LEVEL_ORANGE);
  std::vector<escalation::v1::Alert> alerts;
  OrFail(cli::ReadPages<escalation::v1::ListAlertsResponse>(
      request, [&](auto* context, const auto& asked, auto* answer) { return stub.ListAlerts(context, asked, answer); },
      [&](const auto& answer) { alerts.insert(alerts.end(), answer.alerts().begin(), answer.alerts().end()); }));
  Heading(text, fmt::format("预警 {} 条（橙、红）", alerts.size()));
  if (alerts.empty()) return;
  std::stable_sort(alerts.begin(), alerts.end(), [](const auto& a, const auto& b) { return a.level() > b.level(); });
  cli::Table table{{"级别", "通话", "轮次", "理由"}};
  for (std::size_t i = 0; i < std::min(alerts.size(), kRowsShown); ++i) {
    table.Add({alerts[i].level() == common::v1::RISK_LEVEL_RED ? "红" : "橙", alerts[i].call_id().substr(16),
               std::to_string(alerts[i].turn()), ReasonOf(alerts[i])});
  }
  text += table.Text("  ");
  if (alerts.size() > kRowsShown)
    text += fmt::format("  另有 {} 条：hotline alerts list\n", alerts.size() - kRowsShown);
}

void AppendConduct(std::string& text, escalation::v1::EscalationService::Stub& stub, const std::string& site) {
  escalation::v1::GetConductSummaryRequest request;
  request.set_site(site);
  const auto summary = ConductOf(request, stub);
  std::int64_t calls = 0;
  for (const auto& one : summary.sites()) calls += one.calls();
  Heading(text, fmt::format("服务规范：已复盘通话 {} 件", calls));
  for (const auto& one : summary.sites()) text += ConductText(one, nullptr);
}

void AppendAnswers(std::string& text, knowledge::v1::KnowledgeService::Stub& stub, const std::string& site) {
  struct Served {
    int times = 0;
    std::int64_t version = 0;
  };
  std::map<std::string, Served> served;
  knowledge::v1::ListServedAnswersRequest request;
  request.set_site(site);
  OrFail(cli::ReadPages<knowledge::v1::ListServedAnswersResponse>(
      request,
      [&](auto* context, const auto& asked, auto* answer) { return stub.ListServedAnswers(context, asked, answer); },
      [&](const auto& answer) {
        for (const auto& one : answer.answers()) {
          ++served[one.article_id()].times;
          served[one.article_id()].version = one.article_version();
        }
      }));
  int total = 0;
  for (const auto& [id, one] : served) total += one.times;
  Heading(text, fmt::format("引用政策答复 {} 次，涉及 {} 条", total, served.size()));
  if (served.empty()) return;
  std::vector<std::pair<std::string, Served>> ranked{served.begin(), served.end()};
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.second.times > b.second.times; });
  cli::Table table{{"次数", "条目", "文号与条款", "施行"}};
  for (std::size_t i = 0; i < std::min(ranked.size(), kRowsShown); ++i) {
    knowledge::v1::GetArticleRequest get;
    get.set_article_id(ranked[i].first);
    get.set_version(ranked[i].second.version);
    knowledge::v1::GetArticleResponse got;
    OrFail(Call([&](auto* context) { return stub.GetArticle(context, get, &got); }));
    table.Add({std::to_string(ranked[i].second.times), cli::Shorten(got.article().title(), 44),
               got.article().document_number() + " " + got.article().clause(), got.article().effective_from()});
  }
  text += table.Text("  ");
}

/// By matter, where it is known: an article is written for a matter, not for a sentence.
void AppendGaps(std::string& text, knowledge::v1::KnowledgeService::Stub& stub, const std::string& site) {
  struct Missing {
    std::string region;
    std::string matter;
    std::string question;  // The one asked most.
    int times = 0;
  };
  std::map<std::pair<std::string, std::string>, Missing> matters;
  int total = 0;
  knowledge::v1::ListGapsRequest request;
  request.set_site(site);
  OrFail(cli::ReadPages<knowledge::v1::ListGapsResponse>(
      request, [&](auto* context, const auto& asked, auto* answer) { return stub.ListGaps(context, asked, answer); },
      [&](const auto& answer) {
        for (const auto& gap : answer.gaps()) {
          Missing& missing = matters[{gap.matter().empty() ? gap.question() : gap.matter(), gap.region()}];
          if (missing.times == 0) missing = {gap.region(), gap.matter(), gap.question(), 0};
          missing.times += gap.times_asked();
          total += gap.times_asked();
        }
      }));
  Heading(text, matters.empty() ? "没有现行答案的问题：无"
                                : fmt::format("没有现行答案的问题 {} 次，涉及 {} 项", total, matters.size()));
  if (matters.empty()) return;
  std::vector<Missing> ranked;
  ranked.reserve(matters.size());
  for (const auto& [key, missing] : matters) ranked.push_back(missing);
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.times > b.times; });
  cli::Table table{{"次数", "地区", "事项", "例如"}};
  for (std::size_t i = 0; i < std::min(ranked.size(), kRowsShown); ++i) {
    table.Add({std::to_string(ranked[i].times), ranked[i].region, ranked[i].matter.empty() ? "—" : ranked[i].matter,
               cli::Shorten(ranked[i].question, 60)});
  }
  text += table.Text("  ");
  if (ranked.size() > kRowsShown) text += fmt::format("  另有 {} 项\n", ranked.size() - kRowsShown);
}

void AppendFollowUps(std::string& text, followup::v1::FollowUpService::Stub& stub, const std::string& site,
                     const std::vector<intake::v1::Case>& cases) {
  // The calls may lie in the past or the future of this machine's clock: what counts is a day after the last of them.
  platform::Time last{};
  for (const auto& one : cases)
    last = std::max(last, contracts::FromTimestamp(one.opened_at()).value_or(platform::Time{}));
  followup::v1::ListDueFollowUpsRequest request;
  request.set_site(site);
  *request.mutable_due_by() = contracts::ToTimestamp(last + std::chrono::days{3});
  request.set_page_size(static_cast<int>(kRowsShown));
  followup::v1::ListDueFollowUpsResponse response;
  OrFail(Call([&](auto* context) { return stub.ListDueFollowUps(context, request, &response); }));
  Heading(text, fmt::format("待回访 {} 件", response.total()));
  if (response.follow_ups().empty()) return;
  cli::Table table{{"最迟", "工单", "承办单位", "事项"}};
  for (const auto& one : response.follow_ups()) {
    table.Add({cli::ShortTime(one.has_due_at(), one.due_at()), one.case_no(),
               one.department().empty() ? "热线直接答复" : one.department(), cli::Shorten(one.title(), 48)});
  }
  text += table.Text("  ");
}

}  // namespace

std::string ReportText(const std::shared_ptr<grpc::Channel>& channel, const std::string& site) {
  const auto classification = classification::v1::ClassificationService::NewStub(channel);
  const auto intake = intake::v1::IntakeService::NewStub(channel);
  const auto escalation = escalation::v1::EscalationService::NewStub(channel);
  const auto knowledge = knowledge::v1::KnowledgeService::NewStub(channel);
  const auto followup = followup::v1::FollowUpService::NewStub(channel);
  const std::vector<intake::v1::Case> cases = AllCases(*intake, site);
  std::string text;
  AppendCases(text, cases);
  AppendDepartments(text, cases);
  std::set<std::string> sites;
  for (const auto& one : cases) sites.insert(one.site());
  AppendIssues(text, *classification, sites);
  AppendAlerts(text, *escalation, site);
  AppendConduct(text, *escalation, site);
  AppendAnswers(text, *knowledge, site);
  AppendGaps(text, *knowledge, site);
  AppendFollowUps(text, *followup, site, cases);
  return text + "\n";
}

void AddReport(CLI::App& program) {
  auto* const command = program.add_subcommand("report", "The director's summary of what the services hold");
  struct Flags {
    cli::ConnectionFlags connection;
    std::string site;
  };
  auto flags = std::make_shared<Flags>();
  command->add_option("--site", flags->site, "One site only (default: all)");
  flags->connection.AddTo(*command);
  command->callback([flags] {
    const auto connection = OrFail(cli::Connection::Open(flags->connection));
    std::cout << ReportText(connection->channel(), flags->site);
  });
}

}  // namespace hotline::commands
