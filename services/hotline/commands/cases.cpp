#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include <iostream>
#include <memory>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "hotline/cli/call.h"
#include "hotline/cli/case_json.h"
#include "hotline/cli/case_marks.h"
#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/cli/names.h"
#include "hotline/cli/pages.h"
#include "hotline/cli/terminal.h"
#include "hotline/commands/commands.h"

namespace hotline::commands {
namespace {

namespace v1 = intake::v1;
using cli::Call;
using cli::OrFail;
using nlohmann::ordered_json;

struct CaseFlags {
  cli::ConnectionFlags connection;
  std::string case_no, site, state, kind, department, topic, query, to, reason, reply, parent, title;
  std::vector<std::string> departments;
  std::int64_t version = 0;
  std::size_t limit = 100;
  bool overdue = false;
  bool json = false;
};

common::v1::CaseState StateOrFail(const std::string& name) {
  const auto state = cli::StateFrom(name);
  if (!state)
    throw cli::Failure{
        absl::StrCat("'", name, "' is no state of a case; one is 待派遣, another 办结 (design: README of intake)"), 2};
  return *state;
}

common::v1::CaseKind KindOrFail(const std::string& name) {
  const auto kind = cli::KindFrom(name);
  if (!kind) throw cli::Failure{absl::StrCat("'", name, "' is none of 咨询 求助 投诉 举报 建议 表扬"), 2};
  return *kind;
}

std::string MarksOf(const v1::Case& one, const char* cli::CaseMark::*text) {
  std::vector<std::string> marks;
  for (const cli::CaseMark& mark : cli::kCaseMarks) {
    if ((one.*mark.holds)()) marks.emplace_back(mark.*text);
  }
  return absl::StrJoin(marks, " ");
}

template <typename Cases>
void PrintCases(const Cases& cases, bool json) {
  if (json) {
    for (const v1::Case& one : cases) std::cout << cli::ToJson(one).dump() << '\n';
    return;
  }
  cli::Table table{{"工单", "类型", "领域", "承办单位", "状态", "到期", "标记", "事项"}};
  for (const v1::Case& one : cases) {
    table.Add({one.case_no(), std::string{cli::NameOf(one.kind())}, one.topic(),
               one.departments().empty() ? "" : one.departments(0), std::string{cli::NameOf(one.state())},
               cli::ShortTime(one.has_due_at(), one.due_at()), MarksOf(one, &cli::CaseMark::brief),
               cli::Shorten(one.title(), 44)});
  }
  std::cout << table.Text();
}

void List(const CaseFlags& flags, v1::IntakeService::Stub& stub) {
  v1::ListCasesRequest request;
  request.set_site(flags.site);
  request.set_department(flags.department);
  request.set_topic(flags.topic);
  request.set_overdue(flags.overdue);
  if (!flags.state.empty()) request.add_states(StateOrFail(flags.state));
  if (!flags.kind.empty()) request.add_kinds(KindOrFail(flags.kind));
  const auto listed = OrFail(cli::ReadFirst<v1::ListCasesResponse, v1::Case>(
      request, flags.limit,
      [&](auto* context, const auto& asked, auto* answer) { return stub.ListCases(context, asked, answer); },
      [](const auto& page) { return page.cases(); }));
  PrintCases(listed.items, flags.json);
  cli::TellOfMore(listed.more);
}

void Search(const CaseFlags& flags, v1::IntakeService::Stub& stub) {
  v1::SearchCasesRequest request;
  request.set_site(flags.site);
  request.set_query(flags.query);
  request.set_page_size(static_cast<int>(flags.limit));
  v1::SearchCasesResponse response;
  OrFail(Call([&](auto* context) { return stub.SearchCases(context, request, &response); }));
  PrintCases(response.cases(), flags.json);
}

std::string_view NameOf(v1::CaseChange::Action action) {
  switch (action) {
    case v1::CaseChange::ACTION_FILED: return "受理";
    case v1::CaseChange::ACTION_IMPORTED: return "导入";
    case v1::CaseChange::ACTION_UNDERSTOOD: return "识别分类";
    case v1::CaseChange::ACTION_TRANSITIONED: return "流转";
    case v1::CaseChange::ACTION_SUPPLEMENTED: return "补充";
    case v1::CaseChange::ACTION_URGED: return "催办";
    case v1::CaseChange::ACTION_CORRECTED: return "更正";
    case v1::CaseChange::ACTION_REOPENED: return "重新办理";
    case v1::CaseChange::ACTION_MERGED: return "并件";
    case v1::CaseChange::ACTION_UNMERGED: return "撤销并件";
    case v1::CaseChange::ACTION_CONTACT_REVEALED: return "查看联系方式";
    case v1::CaseChange::ACTION_FOLLOWED_UP: return "回访";
    case v1::CaseChange::ACTION_UNSPECIFIED:
    case v1::CaseChange_Action_CaseChange_Action_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::CaseChange_Action_CaseChange_Action_INT_MAX_SENTINEL_DO_NOT_USE_: break;
  }
  return "";
}

ordered_json ToJson(const v1::CaseChange& change) {
  return {{"version", change.version()},
          {"action", NameOf(change.action())},
          {"from", cli::NameOf(change.from_state())},
          {"to", cli::NameOf(change.to_state())},
          {"reason", change.reason()},
          {"actor", change.actor()},
          {"at", cli::TimeOrNull(change.has_at(), change.at())}};
}

void PrintCase(const v1::GetCaseResponse& response) {
  const v1::Case& one = response.case_();
  const auto line = [](std::string_view name, const std::string& value) {
    if (!value.empty()) std::cout << "  " << name << "  " << value << "\n";
  };
  std::cout << one.case_no() << "  " << one.title() << "\n";
  line("状态", std::string{cli::NameOf(one.state())} +
                   (one.has_due_at() ? "，到期 " + cli::ShortTime(true, one.due_at()) : ""));
  line("标记", MarksOf(one, &cli::CaseMark::whole));
  line("类型", absl::StrCat(std::string{cli::NameOf(one.kind())}, " / ", one.topic()));
  std::string departments;
  for (const auto& department : one.departments()) departments += (departments.empty() ? "" : "、") + department;
  line("承办", departments);
  line("依据", one.dispatch_basis());
  line("地点", one.slots().where().words());
  line("时间", one.slots().when().words());
  line("主件", one.parent_case_no());
  line("去向", one.route());
  line("答复", one.reply());
  line("内容", one.text());
  for (const auto& reason : one.evidence())
    line("理由", absl::StrCat(std::string{cli::NameOfReason(reason.code())}, "  ", cli::Shorten(reason.words(), 60),
                              reason.turn() == 0 ? "" : absl::StrCat("（第", reason.turn(), "轮）")));
  for (const auto& words : response.supplements()) line("补充", words);
  std::cout << "\n";
  cli::Table table{{"版本", "动作", "由", "到", "理由", "经手", "时间"}};
  for (const auto& change : response.history()) {
    table.Add({std::to_string(change.version()), std::string{NameOf(change.action())},
               std::string{cli::NameOf(change.from_state())}, std::string{cli::NameOf(change.to_state())},
               cli::Shorten(change.reason(), 40), change.actor(), cli::ShortTime(change.has_at(), change.at())});
  }
  std::cout << table.Text("  ");
}

v1::GetCaseResponse Get(const std::string& case_no, v1::IntakeService::Stub& stub) {
  v1::GetCaseRequest request;
  request.set_case_no(case_no);
  v1::GetCaseResponse response;
  OrFail(Call([&](auto* context) { return stub.GetCase(context, request, &response); }));
  return response;
}

void Show(const CaseFlags& flags, v1::IntakeService::Stub& stub) {
  const v1::GetCaseResponse response = Get(flags.case_no, stub);
  if (!flags.json) return PrintCase(response);
  ordered_json json = cli::ToJson(response.case_());
  json["text"] = response.case_().text();
  json["history"] = ordered_json::array();
  for (const auto& change : response.history()) json["history"].push_back(ToJson(change));
  std::cout << json.dump() << '\n';
}

void Transition(const CaseFlags& flags, v1::IntakeService::Stub& stub) {
  v1::TransitionCaseRequest request;
  request.set_request_id(cli::FreshRequestId());
  request.set_case_no(flags.case_no);
  request.set_to_state(StateOrFail(flags.to));
  request.set_reason(flags.reason);
  request.set_reply(flags.reply);
  request.set_department(flags.department);
  request.set_parent_case_no(flags.parent);
  // Without --version the person means the case as it stands now.
  request.set_expected_version(flags.version > 0 ? flags.version : Get(flags.case_no, stub).case_().version());
  v1::TransitionCaseResponse response;
  OrFail(Call([&](auto* context) { return stub.TransitionCase(context, request, &response); }));
  PrintCases(std::array{response.case_()}, flags.json);
}

void Correct(const CaseFlags& flags, v1::IntakeService::Stub& stub) {
  v1::CorrectCaseRequest request;
  request.set_request_id(cli::FreshRequestId());
  request.set_case_no(flags.case_no);
  request.set_reason(flags.reason);
  request.set_topic(flags.topic);
  request.set_title(flags.title);
  if (!flags.kind.empty()) request.set_kind(KindOrFail(flags.kind));
  for (const std::string& department : flags.departments) request.add_departments(department);
  request.set_expected_version(flags.version > 0 ? flags.version : Get(flags.case_no, stub).case_().version());
  v1::CorrectCaseResponse response;
  OrFail(Call([&](auto* context) { return stub.CorrectCase(context, request, &response); }));
  PrintCases(std::array{response.case_()}, flags.json);
}

using Action = void (*)(const CaseFlags&, v1::IntakeService::Stub&);

/// A subcommand with the flags that all of them have; `run` gets a stub.
CLI::App* AddAction(CLI::App& cases, const char* name, const char* help, const std::shared_ptr<CaseFlags>& flags,
                    Action run) {
  auto* const command = cases.add_subcommand(name, help);
  command->add_flag("--json", flags->json, "JSON, an object a line");
  flags->connection.AddTo(*command);
  command->callback([flags, run] {
    const auto connection = OrFail(cli::Connection::Open(flags->connection));
    const auto stub = v1::IntakeService::NewStub(connection->channel());
    run(*flags, *stub);
  });
  return command;
}

}  // namespace

void AddCases(CLI::App& program) {
  auto* const cases = program.add_subcommand("cases", "Cases (工单): list, show, search, correct, transition");
  cases->require_subcommand(1);
  auto flags = std::make_shared<CaseFlags>();

  auto* const list = AddAction(*cases, "list", "Cases, newest first", flags, List);
  list->add_option("--site", flags->site, "One site only");
  list->add_option("--state", flags->state, "待派遣, 已派遣, …");
  list->add_option("--kind", flags->kind, "咨询 求助 投诉 举报 建议 表扬");
  list->add_option("--department", flags->department, "Cases this department leads");
  list->add_option("--topic", flags->topic, "Level-1 topic");
  list->add_flag("--overdue", flags->overdue, "Only those past their time limit");
  list->add_option("--limit", flags->limit, "At most so many; 0: all")->capture_default_str();

  auto* const search = AddAction(*cases, "search", "Cases that hold these words", flags, Search);
  search->add_option("words", flags->query, "What to look for")->required();
  search->add_option("--site", flags->site, "One site only");
  search->add_option("--limit", flags->limit, "At most so many")->check(CLI::Range(1, 1000))->capture_default_str();

  auto* const show = AddAction(*cases, "show", "One case with its history", flags, Show);
  show->add_option("case_no", flags->case_no, "Case number")->required();

  auto* const correct =
      AddAction(*cases, "correct", "Put the category of a case right before its dispatch: it becomes a training row",
                flags, Correct);
  correct->add_option("case_no", flags->case_no, "Case number")->required();
  correct->add_option("--kind", flags->kind, "咨询 求助 投诉 举报 建议 表扬");
  correct->add_option("--topic", flags->topic, "Level-1 topic");
  correct->add_option("--departments", flags->departments, "Lead first, then co-handlers")->delimiter(',');
  correct->add_option("--title", flags->title, "Title");
  correct->add_option("--reason", flags->reason, "Why: the history shows it")->required();
  correct->add_option("--version", flags->version, "Version seen (default: the newest)");

  auto* const transition = AddAction(*cases, "transition", "Move a case along its life", flags, Transition);
  transition->add_option("case_no", flags->case_no, "Case number")->required();
  transition->add_option("state", flags->to, "Where to: 已派遣, 已签收, 处置中, 已答复, 待回访, …")->required();
  transition->add_option("--reason", flags->reason, "Why: the history shows it")->required();
  transition->add_option("--reply", flags->reply, "For 已答复 and 直接答复: what the caller is told");
  transition->add_option("--department", flags->department, "For a ruling: the lead it names");
  transition->add_option("--parent", flags->parent, "For 并入主件: the parent case");
  transition->add_option("--version", flags->version, "Version seen (default: the newest)");
}

}  // namespace hotline::commands
