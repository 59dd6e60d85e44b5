#include <hotline/classification/v1/classification_service.grpc.pb.h>

#include <memory>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "hotline/cli/call.h"
#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/cli/json_problem.h"
#include "hotline/cli/terminal.h"
#include "hotline/cli/text_services.h"
#include "hotline/cli/tsv.h"
#include "hotline/commands/commands.h"

namespace hotline::commands {
namespace {

namespace v1 = classification::v1;
using nlohmann::json;
using nlohmann::ordered_json;

constexpr int kBatch = 50;

/// A dialogue of the input and where its turns went: a shop's turn holds a user's words and the reply to them.
struct Parsed {
  json id;
  v1::Dialogue dialogue;
  std::vector<int> first;  ///< For each turn of the input: the turn of `dialogue` that holds its (customer's) words.
};

void Add(Parsed& parsed, bool customer, std::string text) {
  v1::DialogueTurn& turn = *parsed.dialogue.add_turns();
  turn.set_speaker(customer ? common::v1::SPEAKER_CALLER : common::v1::SPEAKER_AGENT);
  turn.set_text(std::move(text));
}

void AddTurn(Parsed& parsed, const json& turn) {
  parsed.first.push_back(parsed.dialogue.turns_size());
  if (turn.contains("sender")) {
    parsed.dialogue.set_style(v1::DIALOGUE_STYLE_HELPDESK);
    Add(parsed, turn.at("sender") == "customer",
        absl::StrJoin(turn.at("utterances").get<std::vector<std::string>>(), "\n"));
  } else if (turn.contains("user")) {
    parsed.dialogue.set_style(v1::DIALOGUE_STYLE_SHOP);
    Add(parsed, true, turn.at("user").get<std::string>());
    Add(parsed, false, turn.value("agent_reply", ""));
  } else {
    parsed.dialogue.set_style(v1::DIALOGUE_STYLE_CALL);
    Add(parsed, turn.at("speaker") == "caller", turn.at("text").get<std::string>());
  }
}

Parsed Parse(const std::string& line) {
  const json input = json::parse(line);
  Parsed parsed{.id = input.at("id")};
  for (const json& turn : input.at("turns")) AddTurn(parsed, turn);
  return parsed;
}

std::vector<Parsed> ParseFile(const std::filesystem::path& file) {
  std::vector<Parsed> dialogues;
  for (const cli::NumberedLine& line : cli::OrFail(cli::ReadLines(file))) {
    try {
      dialogues.push_back(Parse(line.text));
    } catch (const json::exception& problem) {
      throw cli::Failure{
          absl::StrCat(
              file.string(), ", line ", line.number, ": ", cli::JsonProblem(problem),
              "; a dialogue has id and turns; a turn sender and utterances, user and agent_reply, or speaker and text"),
          2};
    }
  }
  return dialogues;
}

ordered_json ToJson(const Parsed& parsed, const v1::SatisfactionForecast& forecast) {
  ordered_json turns = ordered_json::array();
  for (std::size_t i = 0; i < parsed.first.size(); ++i) {
    turns.push_back({{"turn", i + 1}, {"dissatisfied", forecast.dissatisfied(parsed.first[i])}});
  }
  return {{"id", parsed.id},
          {"distribution", std::vector<double>{forecast.distribution().begin(), forecast.distribution().end()}},
          {"turns", std::move(turns)}};
}

void Run(const cli::ConnectionFlags& flags, const std::filesystem::path& in, const std::filesystem::path& out) {
  const std::vector<Parsed> dialogues = ParseFile(in);
  const auto connection = cli::OpenForTexts(flags);
  const auto stub = v1::ClassificationService::NewStub(connection->channel());
  cli::Progress progress{"forecasting", dialogues.size()};
  std::string lines;
  for (std::size_t from = 0; from < dialogues.size(); from += kBatch) {
    v1::ForecastSatisfactionRequest request;
    const std::size_t until = std::min(from + kBatch, dialogues.size());
    for (std::size_t i = from; i < until; ++i) *request.add_dialogues() = dialogues[i].dialogue;
    v1::ForecastSatisfactionResponse response;
    cli::OrFail(cli::Call([&](auto* context) { return stub->ForecastSatisfaction(context, request, &response); }));
    for (std::size_t i = from; i < until; ++i) {
      absl::StrAppend(&lines, ToJson(dialogues[i], response.forecasts(static_cast<int>(i - from))).dump(), "\n");
    }
    progress.Update(until);
  }
  progress.Finish();
  cli::OrFail(cli::WriteFile(out, lines));
}

}  // namespace

void AddSatisfaction(CLI::App& program) {
  auto* const command =
      program.add_subcommand("satisfaction", "Forecast how satisfied dialogues leave their customers");
  struct Flags {
    cli::ConnectionFlags connection;
    std::filesystem::path in, out;
  };
  auto flags = std::make_shared<Flags>();
  command->add_option("IN.jsonl", flags->in, "Dialogues, a JSON object a line")->required();
  command->add_option("--out", flags->out, "Where to write (default: standard output)");
  flags->connection.AddTo(*command);
  command->callback([flags] { Run(flags->connection, flags->in, flags->out); });
}

}  // namespace hotline::commands
