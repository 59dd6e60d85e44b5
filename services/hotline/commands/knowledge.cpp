#include <hotline/intake/v1/intake_service.grpc.pb.h>
#include <hotline/knowledge/v1/knowledge_service.grpc.pb.h>

#include <iostream>
#include <map>
#include <memory>

#include <absl/strings/str_join.h>
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "hotline/cli/call.h"
#include "hotline/cli/case_json.h"
#include "hotline/cli/citation.h"
#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/cli/knowledge_files.h"
#include "hotline/cli/pages.h"
#include "hotline/cli/terminal.h"
#include "hotline/commands/commands.h"
#include "platform/time.h"

namespace hotline::commands {
namespace {

namespace v1 = knowledge::v1;
using cli::OrFail;
using nlohmann::ordered_json;

struct KnowledgeFlags {
  cli::ConnectionFlags connection;
  std::filesystem::path file;
  cli::ArticleDefaults defaults;
  std::string article_id, region, site, as_of, reason;
  std::int64_t version = 0;
  std::size_t limit = 100;
  int ending = -1;
  bool json = false;
};

std::string Today() { return platform::FormatTime(platform::WallClock{}.Now()).substr(0, 10); }

/// `days` after a day: both as "2026-03-03", which order as days do.
std::string DaysAfter(const std::string& day, int days) {
  const auto begin = OrFail(platform::ParseTime(day + "T00:00:00+08:00"));
  return platform::FormatTime(begin + std::chrono::days{days}).substr(0, 10);
}

bool IsOver(const v1::Article& article, const std::string& day) {
  return !article.effective_to().empty() && article.effective_to() < day;
}

std::string_view StateOf(const v1::Article& article, const std::string& day) {
  if (article.retired()) return "已撤下";
  if (article.effective_from() > day) return "未施行";
  return IsOver(article, day) ? "已失效" : "现行";
}

/// In force on `day`, and not any more on `later`.
bool EndsBetween(const v1::Article& article, const std::string& day, const std::string& later) {
  return !article.retired() && article.effective_from() <= day && !IsOver(article, day) && IsOver(article, later);
}

ordered_json ToJson(const v1::Article& article, const std::string& day) {
  return {
      {"article_id", article.article_id()},
      {"version", article.version()},
      {"state", StateOf(article, day)},
      {"title", article.title()},
      {"region", article.region()},
      {"document_number", cli::TextOrNull(article.document_number())},
      {"clause", cli::TextOrNull(article.clause())},
      {"effective_from", article.effective_from()},
      {"effective_to", cli::TextOrNull(article.effective_to())},
      {"supersedes", cli::TextOrNull(article.supersedes())},
      {"department", cli::TextOrNull(article.department())},
      {"text", article.text()},
      {"questions", ordered_json(std::vector<std::string>{article.questions().begin(), article.questions().end()})}};
}

void Import(KnowledgeFlags& flags) {
  flags.connection.demo_knowledge = false;
  const bool phrases = OrFail(cli::HoldsPhrases(flags.file));
  const auto connection = OrFail(cli::Connection::Open(flags.connection));
  const cli::ImportCount count =
      OrFail(phrases ? cli::ImportPhraseFile(connection->channel(), flags.file)
                     : cli::ImportArticleFile(connection->channel(), flags.file, flags.defaults));
  std::cout << fmt::format("{}: {} published, {} unchanged\n", phrases ? "phrases" : "articles", count.published,
                           count.unchanged);
}

void List(const KnowledgeFlags& flags, const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = v1::KnowledgeService::NewStub(channel);
  v1::ListArticlesRequest request;
  request.set_region(flags.region);
  request.set_as_of(flags.as_of);
  const std::string day = flags.as_of.empty() ? Today() : flags.as_of;
  const auto listed = OrFail(cli::ReadFirst<v1::ListArticlesResponse, v1::Article>(
      request, flags.limit,
      [&](auto* context, const auto& asked, auto* answer) { return stub->ListArticles(context, asked, answer); },
      [&](const auto& page) {
        std::vector<v1::Article> kept{page.articles().begin(), page.articles().end()};
        if (flags.ending < 0) return kept;
        const std::string later = DaysAfter(day, flags.ending);
        std::erase_if(kept, [&](const auto& article) { return !EndsBetween(article, day, later); });
        return kept;
      }));
  cli::Table table{{"条目", "版本", "状态", "地区", "施行", "失效", "文号", "标题"}};
  for (const v1::Article& article : listed.items) {
    if (flags.json) {
      std::cout << ToJson(article, day).dump() << '\n';
      continue;
    }
    table.Add({article.article_id(), std::to_string(article.version()), std::string{StateOf(article, day)},
               cli::RegionName(article.region()), article.effective_from(),
               article.effective_to().empty() ? "—" : article.effective_to(), article.document_number(),
               cli::Shorten(article.title(), 48)});
  }
  if (!flags.json) std::cout << table.Text();
  cli::TellOfMore(listed.more);
}

void Show(const KnowledgeFlags& flags, const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = v1::KnowledgeService::NewStub(channel);
  v1::GetArticleRequest request;
  request.set_article_id(flags.article_id);
  request.set_version(flags.version);
  v1::GetArticleResponse response;
  OrFail(cli::Call([&](auto* context) { return stub->GetArticle(context, request, &response); }));
  const v1::Article& article = response.article();
  if (flags.json) {
    std::cout << ToJson(article, Today()).dump() << '\n';
    return;
  }
  std::cout << article.title() << "（" << StateOf(article, Today()) << "，第" << article.version() << "版）\n\n"
            << article.text() << "\n\n"
            << cli::CitationText(article);
  if (!article.supersedes().empty()) std::cout << "  取代  " << article.supersedes() << "\n";
  if (!article.questions().empty()) std::cout << "  问法  " << absl::StrJoin(article.questions(), "；") << "\n";
}

template <typename Take>
void ForEachServed(const v1::ListServedAnswersRequest& request, v1::KnowledgeService::Stub& stub, Take take) {
  OrFail(cli::ReadPages<v1::ListServedAnswersResponse>(
      request,
      [&](auto* context, const auto& asked, auto* answer) { return stub.ListServedAnswers(context, asked, answer); },
      [&](const auto& page) {
        for (const v1::ServedAnswer& served : page.answers()) take(served);
      }));
}

void Retire(const KnowledgeFlags& flags, const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = v1::KnowledgeService::NewStub(channel);
  v1::RetireArticleRequest request;
  request.set_request_id(cli::FreshRequestId());
  request.set_article_id(flags.article_id);
  request.set_reason(flags.reason);
  v1::RetireArticleResponse response;
  OrFail(cli::Call([&](auto* context) { return stub->RetireArticle(context, request, &response); }));
  v1::ListServedAnswersRequest told;
  told.set_article_id(flags.article_id);
  std::size_t times = 0;
  ForEachServed(told, *stub, [&](const auto&) { ++times; });
  if (flags.json) {
    std::cout << ordered_json{{"article_id", flags.article_id},
                              {"knowledge_version", response.knowledge_version()},
                              {"told", times}}
                     .dump()
              << '\n';
    return;
  }
  std::cout << "retired: nothing serves " << flags.article_id << " from 2 s after now\n";
  if (times > 0)
    std::cout << fmt::format("told so far: {} times; `hotline knowledge told {}` says to whom\n", times,
                             flags.article_id);
}

/// The cases of calls, asked for once a call: who rings back needs their numbers.
class CasesOfCalls {
 public:
  explicit CasesOfCalls(intake::v1::IntakeService::Stub& stub) : stub_{stub} {}

  const std::vector<std::string>& Of(const std::string& call_id) {
    const auto [known, fresh] = known_.try_emplace(call_id);
    if (!fresh) return known->second;
    intake::v1::ListCasesRequest request;
    request.set_call_id(call_id);
    intake::v1::ListCasesResponse response;
    OrFail(cli::Call([&](auto* context) { return stub_.ListCases(context, request, &response); }));
    for (const auto& one : response.cases()) known->second.push_back(one.case_no());
    return known->second;
  }

 private:
  intake::v1::IntakeService::Stub& stub_;
  std::map<std::string, std::vector<std::string>> known_;
};

void Told(const KnowledgeFlags& flags, const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = v1::KnowledgeService::NewStub(channel);
  const auto intake = intake::v1::IntakeService::NewStub(channel);
  CasesOfCalls cases{*intake};
  v1::ListServedAnswersRequest request;
  request.set_article_id(flags.article_id);
  request.set_version(flags.version);
  request.set_site(flags.site);
  cli::Table table{{"时间", "版本", "工单", "通话", "轮次", "所问"}};
  ForEachServed(request, *stub, [&](const v1::ServedAnswer& served) {
    const std::vector<std::string>& of_call = cases.Of(served.call_id());
    if (flags.json) {
      std::cout << ordered_json{{"article_id", served.article_id()},
                                {"article_version", served.article_version()},
                                {"served_at", cli::TimeOrNull(served.has_served_at(), served.served_at())},
                                {"call_id", served.call_id()},
                                {"turn", served.turn()},
                                {"cases", ordered_json(of_call)},
                                {"region", served.region()},
                                {"question", served.question()}}
                       .dump()
                << '\n';
      return;
    }
    table.Add({cli::ShortTime(served.has_served_at(), served.served_at()), std::to_string(served.article_version()),
               of_call.empty() ? "—" : absl::StrJoin(of_call, " "), served.call_id(), std::to_string(served.turn()),
               cli::Shorten(served.question(), 48)});
  });
  if (flags.json) return;
  std::cout << (table.empty() ? "nobody was told " + flags.article_id + "\n" : table.Text());
}

std::string_view NameOf(v1::NoAnswerReason reason) {
  switch (reason) {
    case v1::NO_ANSWER_REASON_NOTHING_FOUND: return "没有条目";
    case v1::NO_ANSWER_REASON_NOT_IN_FORCE: return "不在有效期";
    case v1::NO_ANSWER_REASON_OTHER_REGION: return "只有外地规定";
    case v1::NO_ANSWER_REASON_RECORD_AWAY: return "知识库不可用";
    case v1::NO_ANSWER_REASON_UNSPECIFIED:
    case v1::NoAnswerReason_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::NoAnswerReason_INT_MAX_SENTINEL_DO_NOT_USE_: break;
  }
  return "";
}

void Gaps(const KnowledgeFlags& flags, const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = v1::KnowledgeService::NewStub(channel);
  v1::ListGapsRequest request;
  request.set_region(flags.region);
  request.set_site(flags.site);
  const auto listed = OrFail(cli::ReadFirst<v1::ListGapsResponse, v1::Gap>(
      request, flags.limit,
      [&](auto* context, const auto& asked, auto* answer) { return stub->ListGaps(context, asked, answer); },
      [](const auto& page) { return page.gaps(); }));
  cli::Table table{{"次数", "最近", "地区", "原因", "事项", "所问"}};
  for (const v1::Gap& gap : listed.items) {
    if (flags.json) {
      std::cout << ordered_json{{"question", gap.question()},
                                {"matter", cli::TextOrNull(gap.matter())},
                                {"region", gap.region()},
                                {"times_asked", gap.times_asked()},
                                {"last_asked_at", cli::TimeOrNull(gap.has_last_asked_at(), gap.last_asked_at())},
                                {"reason", NameOf(gap.reason())}}
                       .dump()
                << '\n';
      continue;
    }
    table.Add({std::to_string(gap.times_asked()), cli::ShortTime(gap.has_last_asked_at(), gap.last_asked_at()),
               cli::RegionName(gap.region()), std::string{NameOf(gap.reason())},
               gap.matter().empty() ? "—" : gap.matter(), cli::Shorten(gap.question(), 56)});
  }
  if (!flags.json) std::cout << table.Text();
  cli::TellOfMore(listed.more);
}

using Action = void (*)(const KnowledgeFlags&, const std::shared_ptr<grpc::Channel>&);

CLI::App* AddAction(CLI::App& knowledge, const char* name, const char* help,
                    const std::shared_ptr<KnowledgeFlags>& flags, Action action) {
  auto* const command = knowledge.add_subcommand(name, help);
  flags->connection.AddTo(*command);
  command->callback([flags, action] {
    const auto connection = OrFail(cli::Connection::Open(flags->connection));
    action(*flags, connection->channel());
  });
  return command;
}

void AddImport(CLI::App& knowledge, const std::shared_ptr<KnowledgeFlags>& flags) {
  auto* const command =
      knowledge.add_subcommand("import", "Publish articles (JSONL, or TSV with id and text) or phrases (JSONL)");
  flags->connection.AddTo(*command);
  command->callback([flags] { Import(*flags); });
  command->add_option("FILE", flags->file, "What to import; importing it again changes nothing")->required();
  command->add_option("--region", flags->defaults.region,
                      "Region of articles that name none (default: HOTLINE_HOME_REGION, else 云州市)");
  command->add_option("--effective-from", flags->defaults.effective_from,
                      "First day in force of articles that name none");
}

void AddReading(CLI::App& knowledge, const std::shared_ptr<KnowledgeFlags>& flags) {
  auto* const list =
      AddAction(knowledge, "list", "Articles: what rules, what ends soon, what was retired", flags, List);
  list->add_option("--region", flags->region, "Of this place and what rules it (default: every place)");
  list->add_option("--as-of", flags->as_of, "Only those in force on this day, 2026-03-03");
  list->add_option("--ending", flags->ending, "Only those that rule now and will not any more so many days from now")
      ->check(CLI::NonNegativeNumber);
  auto* const show = AddAction(knowledge, "show", "One article, word for word", flags, Show);
  show->add_option("article_id", flags->article_id, "Article, as list names it")->required();
  show->add_option("--version", flags->version, "An earlier version (default: the newest)");
  auto* const gaps = AddAction(knowledge, "gaps", "Questions that had no answer, most asked first", flags, Gaps);
  gaps->add_option("--region", flags->region, "Of this place only");
  gaps->add_option("--site", flags->site, "Of the region of this site, instead");
  auto* const told =
      AddAction(knowledge, "told", "Who was told an article, with the cases to ring back by", flags, Told);
  told->add_option("article_id", flags->article_id, "Article, as list names it")->required();
  told->add_option("--version", flags->version, "This version only (default: any)");
  told->add_option("--site", flags->site, "Asked for in the region of this site only");
  for (auto* const command : {list, show, gaps, told})
    command->add_flag("--json", flags->json, "JSON, an object a line");
  for (auto* const command : {list, gaps})
    command->add_option("--limit", flags->limit, "At most so many; 0: all")->capture_default_str();
}

void AddRetire(CLI::App& knowledge, const std::shared_ptr<KnowledgeFlags>& flags) {
  auto* const command =
      AddAction(knowledge, "retire", "Take an article out, with its earlier versions: it was wrong", flags, Retire);
  command->add_option("article_id", flags->article_id, "Article, as list names it")->required();
  command->add_option("--reason", flags->reason, "Why: the log keeps it")->required();
  command->add_flag("--json", flags->json, "One JSON object");
}

}  // namespace

void AddKnowledge(CLI::App& program) {
  auto* const knowledge =
      program.add_subcommand("knowledge", "Articles and phrases: import, list, show, retire, told, gaps");
  knowledge->require_subcommand(1);
  auto flags = std::make_shared<KnowledgeFlags>();
  AddImport(*knowledge, flags);
  AddReading(*knowledge, flags);
  AddRetire(*knowledge, flags);
}

}  // namespace hotline::commands
