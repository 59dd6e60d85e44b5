#include <hotline/followup/v1/followup_service.grpc.pb.h>

#include <iostream>
#include <memory>

#include <absl/strings/str_cat.h>
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "hotline/cli/call.h"
#include "hotline/cli/case_json.h"
#include "hotline/cli/choice.h"
#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/cli/names.h"
#include "hotline/cli/terminal.h"
#include "hotline/cli/time_flag.h"
#include "hotline/commands/commands.h"

namespace hotline::commands {
namespace {

namespace v1 = followup::v1;
using cli::Call;
using cli::OrFail;
using nlohmann::ordered_json;

std::string_view NameOf(v1::AskBy ask_by) {
  switch (ask_by) {
    case v1::ASK_BY_SMS: return "短信";
    case v1::ASK_BY_PHONE: return "电话";
    case v1::ASK_BY_PERSON: return "人工";
    case v1::ASK_BY_UNSPECIFIED:
    case v1::AskBy_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::AskBy_INT_MAX_SENTINEL_DO_NOT_USE_: break;
  }
  return "";
}

ordered_json ToJson(const v1::FollowUp& one) {
  return {{"follow_up_id", one.follow_up_id()},
          {"case_no", one.case_no()},
          {"site", one.site()},
          {"due_at", cli::TimeOrNull(one.has_due_at(), one.due_at())},
          {"ask_by", NameOf(one.ask_by())},
          {"department", cli::TextOrNull(one.department())},
          {"kind", cli::NameOf(one.kind())},
          {"topic", cli::TextOrNull(one.topic())},
          {"title", one.title()},
          {"round", one.round()},
          {"attempts", one.attempts()},
          {"version", one.version()}};
}

struct DueFlags {
  cli::ConnectionFlags connection;
  std::string site, by;
  int limit = 100;
  bool json = false;
};

void Due(const DueFlags& flags) {
  const auto connection = OrFail(cli::Connection::Open(flags.connection));
  const auto stub = v1::FollowUpService::NewStub(connection->channel());
  v1::ListDueFollowUpsRequest request;
  request.set_site(flags.site);
  if (!flags.by.empty()) *request.mutable_due_by() = cli::TimeOrFail("--by", flags.by);
  request.set_page_size(flags.limit);
  v1::ListDueFollowUpsResponse response;
  OrFail(Call([&](auto* context) { return stub->ListDueFollowUps(context, request, &response); }));
  if (flags.json) {
    for (const auto& one : response.follow_ups()) std::cout << ToJson(one).dump() << '\n';
    return;
  }
  cli::Table table{{"回访", "最迟", "工单", "方式", "轮次", "承办单位", "事项"}};
  for (const auto& one : response.follow_ups()) {
    table.Add({one.follow_up_id(), cli::ShortTime(one.has_due_at(), one.due_at()), one.case_no(),
               std::string{NameOf(one.ask_by())}, std::to_string(one.round()), one.department(),
               cli::Shorten(one.title(), 40)});
  }
  std::cout << table.Text() << response.follow_ups_size() << " of " << response.total() << " due\n";
}

struct RecordFlags {
  cli::ConnectionFlags connection;
  std::string follow_up_id, solved, department, hotline, verbatim;
  bool not_contacted = false;
  bool json = false;
  std::int64_t version = 0;
};

common::v1::Rating RatingOrFail(const std::string& flag, const std::string& name) {
  if (name.empty()) return common::v1::RATING_UNSPECIFIED;
  const auto rating = cli::RatingFrom(name);
  if (!rating)
    throw cli::Failure{absl::StrCat(flag, ": '", name, "' is none of 非常满意 满意 基本满意 不满意 非常不满意"), 2};
  return *rating;
}

void Record(const RecordFlags& flags) {
  const auto connection = OrFail(cli::Connection::Open(flags.connection));
  const auto stub = v1::FollowUpService::NewStub(connection->channel());
  v1::RecordOutcomeRequest request;
  request.set_request_id(cli::FreshRequestId());
  request.set_follow_up_id(flags.follow_up_id);
  request.set_expected_version(flags.version);
  if (flags.version == 0) {
    v1::GetFollowUpRequest get;
    get.set_follow_up_id(flags.follow_up_id);
    v1::GetFollowUpResponse got;
    OrFail(Call([&](auto* context) { return stub->GetFollowUp(context, get, &got); }));
    request.set_expected_version(got.follow_up().version());
  }
  v1::Outcome& outcome = *request.mutable_outcome();
  outcome.set_contacted(!flags.not_contacted);
  if (!flags.solved.empty()) outcome.set_solved(flags.solved == "yes");
  outcome.set_department_rating(RatingOrFail("--department", flags.department));
  outcome.set_hotline_rating(RatingOrFail("--hotline", flags.hotline));
  outcome.set_verbatim(flags.verbatim);
  v1::RecordOutcomeResponse response;
  OrFail(Call([&](auto* context) { return stub->RecordOutcome(context, request, &response); }));
  if (flags.json) {
    std::cout << ToJson(response.follow_up()).dump() << '\n';
  } else {
    std::cout << "recorded for " << response.follow_up().case_no() << ", version " << response.follow_up().version()
              << "\n";
  }
}

struct RatesFlags {
  cli::ConnectionFlags connection;
  std::string site, since, until, department;
  v1::GetRatesRequest::GroupBy by = v1::GetRatesRequest::GROUP_BY_DEPARTMENT;
  bool json = false;
};

ordered_json ToJson(const v1::Rates& rates) {
  return {{"group", rates.group()},
          {"due", rates.due()},
          {"contacted", rates.contacted()},
          {"solved", rates.solved()},
          {"solved_known", rates.solved_known()},
          {"satisfied", rates.satisfied()},
          {"rated", rates.rated()},
          {"response_rate", rates.response_rate()},
          {"solution_rate", rates.solution_rate()},
          {"satisfaction_rate", rates.satisfaction_rate()},
          {"hotline_satisfied", rates.hotline_satisfied()},
          {"hotline_rated", rates.hotline_rated()}};
}

void Rates(const RatesFlags& flags) {
  const auto connection = OrFail(cli::Connection::Open(flags.connection));
  const auto stub = v1::FollowUpService::NewStub(connection->channel());
  v1::GetRatesRequest request;
  request.set_site(flags.site);
  request.set_department(flags.department);
  if (!flags.since.empty()) *request.mutable_since() = cli::TimeOrFail("--since", flags.since);
  if (!flags.until.empty()) *request.mutable_until() = cli::TimeOrFail("--until", flags.until);
  request.set_group_by(flags.by);
  v1::GetRatesResponse response;
  OrFail(Call([&](auto* context) { return stub->GetRates(context, request, &response); }));
  if (flags.json) {
    ordered_json groups = ordered_json::array();
    for (const auto& group : response.groups()) groups.push_back(ToJson(group));
    ordered_json exclusions = ordered_json::array();
    for (const auto& one : response.exclusions())
      exclusions.push_back(
          {{"case_no", one.case_no()}, {"follow_up_id", one.follow_up_id()}, {"reason", one.reason()}});
    std::cout
        << ordered_json{{"total", ToJson(response.total())}, {"groups", groups}, {"exclusions", exclusions}}.dump()
        << '\n';
    return;
  }
  const auto share = [](double rate, std::int64_t of, std::int64_t in) {
    return in == 0 ? std::string{"—"} : fmt::format("{:.1f}% ({}/{})", 100 * rate, of, in);
  };
  cli::Table table{{"", "响应率", "解决率", "满意率"}};
  const auto add = [&](const std::string& name, const v1::Rates& rates) {
    table.Add({name, share(rates.response_rate(), rates.contacted(), rates.due()),
               share(rates.solution_rate(), rates.solved(), rates.due()),
               share(rates.satisfaction_rate(), rates.satisfied(), rates.rated())});
  };
  add("合计", response.total());
  for (const auto& group : response.groups()) add(group.group().empty() ? "（无）" : group.group(), group);
  std::cout << table.Text();
  if (response.exclusions().empty()) return;
  std::cout << "不计入的工单:\n";
  for (const auto& one : response.exclusions()) std::cout << "  " << one.case_no() << "  " << one.reason() << "\n";
}

}  // namespace

void AddFollowUps(CLI::App& program) {
  auto* const followups = program.add_subcommand("followups", "Follow-ups (回访): due, record");
  followups->require_subcommand(1);

  auto due_flags = std::make_shared<DueFlags>();
  auto* const due = followups->add_subcommand("due", "Whom to call back, the most overdue first");
  due->add_option("--site", due_flags->site, "One site only");
  due->add_option("--by", due_flags->by, "Due by this day or time (default: now)");
  due->add_option("--limit", due_flags->limit, "At most so many")->check(CLI::Range(1, 1000))->capture_default_str();
  due->add_flag("--json", due_flags->json, "JSON, an object a line");
  due_flags->connection.AddTo(*due);
  due->callback([due_flags] { Due(*due_flags); });

  auto record_flags = std::make_shared<RecordFlags>();
  auto* const record = followups->add_subcommand("record", "What a caller said: contacted, solved, satisfied");
  record->add_option("follow_up_id", record_flags->follow_up_id, "Follow-up, as `due` lists it")->required();
  auto* const away = record->add_flag("--not-contacted", record_flags->not_contacted, "The caller was not reached");
  record->add_option("--solved", record_flags->solved, "yes or no")
      ->check(CLI::IsMember({"yes", "no"}))
      ->excludes(away);
  record->add_option("--department", record_flags->department, "非常满意 满意 基本满意 不满意 非常不满意")
      ->excludes(away);
  record->add_option("--hotline", record_flags->hotline, "The same, of the hotline")->excludes(away);
  record->add_option("--verbatim", record_flags->verbatim, "The caller's own words");
  record->add_option("--version", record_flags->version, "Version seen (default: the newest)");
  record->add_flag("--json", record_flags->json, "The follow-up as one JSON object");
  record_flags->connection.AddTo(*record);
  record->callback([record_flags] { Record(*record_flags); });
}

void AddMetrics(CLI::App& program) {
  auto* const metrics = program.add_subcommand("metrics", "响应率, 解决率, 满意率");
  metrics->require_subcommand(1);
  auto* const command =
      metrics->add_subcommand("rates", "Rates over a span of time, with every case that does not count");
  auto flags = std::make_shared<RatesFlags>();
  command->add_option("--site", flags->site, "One site only");
  command->add_option("--since", flags->since, "First day, 2026-03-01");
  command->add_option("--until", flags->until, "Day after the last");
  command->add_option("--department", flags->department, "Only cases this department led");
  cli::AddChoice(*command, "--by", flags->by,
                 {{"department", v1::GetRatesRequest::GROUP_BY_DEPARTMENT},
                  {"topic", v1::GetRatesRequest::GROUP_BY_TOPIC},
                  {"kind", v1::GetRatesRequest::GROUP_BY_KIND}},
                 "Each by itself");
  command->add_flag("--json", flags->json, "One JSON object");
  flags->connection.AddTo(*command);
  command->callback([flags] { Rates(*flags); });
}

}  // namespace hotline::commands
