#include <hotline/escalation/v1/escalation_service.grpc.pb.h>
#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "hotline/cli/call.h"
#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/cli/pages.h"
#include "hotline/cli/terminal.h"
#include "hotline/cli/tsv.h"
#include "hotline/commands/commands.h"
#include "hotline/feedback/corrected_cases.h"
#include "hotline/feedback/training_rows.h"

namespace hotline::commands {
namespace {

struct FeedbackFlags {
  cli::ConnectionFlags connection;
  std::string site;
  std::filesystem::path out;
};

void ReadCases(const FeedbackFlags& flags, intake::v1::IntakeService::Stub& stub, feedback::TrainingRows& rows) {
  cli::Progress progress{"reading cases", 0};
  cli::OrFail(feedback::ForEachCorrected(
      stub, {.site = flags.site, .call_id = {}},
      [&](const auto& corrected) { feedback::AddCorrected(corrected, rows); },
      [&](std::uint64_t seen) { progress.Update(seen); }));
  progress.Finish();
}

void ReadAlerts(const FeedbackFlags& flags, escalation::v1::EscalationService::Stub& stub,
                feedback::TrainingRows& rows) {
  escalation::v1::ListAlertsRequest request;
  request.set_site(flags.site);
  cli::OrFail(cli::ReadPages<escalation::v1::ListAlertsResponse>(
      request, [&](auto* context, const auto& asked, auto* answer) { return stub.ListAlerts(context, asked, answer); },
      [&](const auto& page) {
        for (const auto& alert : page.alerts()) feedback::AddJudged(alert, rows);
      }));
}

void Export(const FeedbackFlags& flags) {
  const auto connection = cli::OrFail(cli::Connection::Open(flags.connection));
  feedback::TrainingRows rows;
  ReadCases(flags, *intake::v1::IntakeService::NewStub(connection->channel()), rows);
  ReadAlerts(flags, *escalation::v1::EscalationService::NewStub(connection->channel()), rows);

  std::error_code made;
  std::filesystem::create_directories(flags.out, made);
  if (made) throw cli::Failure{flags.out.string() + ": " + made.message(), 1};
  const std::pair<const char*, const std::string*> files[] = {{"topics.tsv", &rows.topics},
                                                              {"kinds.tsv", &rows.kinds},
                                                              {"departments.tsv", &rows.departments},
                                                              {"caller_turns.tsv", &rows.concerns},
                                                              {"verdicts.tsv", &rows.verdicts}};
  for (const auto& [name, text] : files) cli::OrFail(cli::WriteFile(flags.out / name, *text));
  std::cerr << rows.cases << " corrected cases and " << rows.alerts << " judged warnings in " << flags.out.string()
            << '\n';
}

}  // namespace

void AddFeedback(CLI::App& program) {
  auto* const feedback = program.add_subcommand("feedback", "What people have put right, for training: export");
  feedback->require_subcommand(1);
  auto flags = std::make_shared<FeedbackFlags>();
  auto* const out = feedback->add_subcommand(
      "export", "Write corrected cases and judged warnings as the rows that training reads (texts are masked)");
  out->add_option("--out", flags->out,
                  "Folder for topics.tsv, kinds.tsv, departments.tsv, caller_turns.tsv, verdicts.tsv")
      ->required();
  out->add_option("--site", flags->site, "One site only");
  flags->connection.AddTo(*out);
  out->callback([flags] { Export(*flags); });
}

}  // namespace hotline::commands
