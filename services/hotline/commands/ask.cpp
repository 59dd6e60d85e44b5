#include <hotline/knowledge/v1/knowledge_service.grpc.pb.h>

#include <iostream>
#include <memory>

#include <absl/strings/str_cat.h>
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "hotline/cli/call.h"
#include "hotline/cli/case_json.h"
#include "hotline/cli/citation.h"
#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/cli/knowledge_files.h"
#include "hotline/cli/terminal.h"
#include "hotline/cli/tsv.h"
#include "hotline/commands/commands.h"

namespace hotline::commands {
namespace {

namespace v1 = knowledge::v1;
using nlohmann::ordered_json;

constexpr std::size_t kBatch = 100;

struct AskFlags {
  cli::ConnectionFlags connection;
  std::string question, region, as_of;
  std::filesystem::path tsv, out;
  int top = 10;
  bool json = false;
};

ordered_json ToJson(const std::string& question, const v1::AskResponse& response) {
  const v1::Answer& answer = response.answer();
  const auto text = [&](const std::string& value) { return cli::TextOrNull(value); };
  return {{"question", question},
          {"answered", response.has_answer()},
          {"article_id", text(answer.article_id())},
          {"title", text(answer.title())},
          {"document_number", text(answer.document_number())},
          {"clause", text(answer.clause())},
          {"effective_from", text(answer.effective_from())},
          {"region", text(answer.region())},
          {"department", text(answer.department())},
          {"text", text(answer.text())},
          {"confidence", response.has_answer() ? ordered_json(answer.confidence()) : ordered_json(nullptr)},
          {"unconfirmed", answer.unconfirmed()},
          {"note", text(response.note())}};
}

void PrintAnswer(const v1::AskResponse& response) {
  if (!response.has_answer()) {
    std::cout << "没有现行有效的答案。" << (response.note().empty() ? "" : response.note()) << "\n已记入知识缺口。\n";
    return;
  }
  const v1::Answer& answer = response.answer();
  std::cout << answer.text() << "\n\n  依据  " << answer.title() << "\n" << cli::CitationText(answer);
  if (answer.unconfirmed())
    std::cout << fmt::format("  注意  未经核实：{:.0f} 秒前确认过仍然有效\n", answer.age_seconds());
  if (!response.note().empty()) std::cout << "  提示  " << response.note() << "\n";
}

void AskOne(const AskFlags& flags, v1::KnowledgeService::Stub& stub) {
  v1::AskRequest request;
  request.set_question(flags.question);
  request.set_region(flags.region);
  request.set_as_of(flags.as_of);
  v1::AskResponse response;
  cli::OrFail(cli::Call([&](auto* context) { return stub.Ask(context, request, &response); }));
  if (flags.json) {
    std::cout << ToJson(flags.question, response).dump() << '\n';
  } else {
    PrintAnswer(response);
  }
}

std::string LineOf(const std::string& question, const v1::RankedArticles& ranked) {
  ordered_json results = ordered_json::array();
  for (const auto& article : ranked.articles())
    results.push_back({{"article_id", article.article_id()}, {"score", article.score()}});
  return ordered_json{{"question", question}, {"answered", ranked.answered()}, {"results", std::move(results)}}.dump() +
         "\n";
}

void AskFile(const AskFlags& flags, v1::KnowledgeService::Stub& stub) {
  const cli::TsvFile tsv = cli::OrFail(cli::TsvFile::Read(flags.tsv));
  const std::size_t column = cli::OrFail(tsv.Column("question"));
  cli::Progress progress{"asking", tsv.rows()};
  std::string lines;
  for (std::size_t from = 0; from < tsv.rows(); from += kBatch) {
    v1::RankArticlesRequest request;
    for (std::size_t row = from; row < std::min(from + kBatch, tsv.rows()); ++row)
      request.add_questions(std::string{tsv.Field(row, column)});
    request.set_region(flags.region);
    request.set_as_of(flags.as_of);
    request.set_top(flags.top);
    v1::RankArticlesResponse response;
    cli::OrFail(cli::Call([&](auto* context) { return stub.RankArticles(context, request, &response); }));
    for (int i = 0; i < response.results_size(); ++i) lines += LineOf(request.questions(i), response.results(i));
    progress.Update(from + static_cast<std::size_t>(response.results_size()));
  }
  progress.Finish();
  cli::OrFail(cli::WriteFile(flags.out, lines));
}

void Run(AskFlags& flags) {
  if (flags.question.empty() == flags.tsv.empty())
    throw cli::Failure{"ask one question, or --tsv with a file of them", 2};
  if (flags.region.empty()) flags.region = cli::HomeRegion();
  const auto connection = cli::OrFail(cli::Connection::Open(flags.connection));
  const auto stub = v1::KnowledgeService::NewStub(connection->channel());
  flags.tsv.empty() ? AskOne(flags, *stub) : AskFile(flags, *stub);
}

}  // namespace

void AddAsk(CLI::App& program) {
  auto* const command =
      program.add_subcommand("ask", "The cited answer to a question of policy, or an honest no answer");
  auto flags = std::make_shared<AskFlags>();
  command->add_option("question", flags->question, "The question, as people ask it");
  command->add_option("--region", flags->region, "Place it is about (default: HOTLINE_HOME_REGION, else 云州市)");
  command->add_option("--as-of", flags->as_of, "Day it is asked for, 2026-03-03 (default: today)");
  command->add_option("--tsv", flags->tsv, "Rank the articles for every row of a TSV with a question column");
  command->add_option("--top", flags->top, "With --tsv: candidates a question")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command->add_option("--out", flags->out, "With --tsv: where to write (default: standard output)");
  command->add_flag("--json", flags->json, "The answer as one JSON object");
  flags->connection.AddTo(*command);
  command->callback([flags] { Run(*flags); });
}

}  // namespace hotline::commands
