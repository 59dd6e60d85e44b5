#include <hotline/escalation/v1/escalation_service.grpc.pb.h>

#include <iostream>
#include <memory>

#include <absl/strings/str_cat.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "hotline/cli/call.h"
#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/cli/json_problem.h"
#include "hotline/cli/names.h"
#include "hotline/cli/terminal.h"
#include "hotline/cli/tsv.h"
#include "hotline/commands/commands.h"
#include "hotline/feedback/corrected_cases.h"
#include "hotline/replay/comparison.h"
#include "hotline/replay/old_calls.h"
#include "hotline/replay/results.h"

namespace hotline::commands {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::chrono::seconds kSettledPatience{10};
constexpr std::size_t kShown = 20;

struct CompareFlags {
  cli::ConnectionFlags connection;
  std::filesystem::path before, after, models, out;
  std::string site;
  std::size_t calls = 200;
  bool json = false;
};

/// What people have said of the old calls, and whether the candidate says it too.
struct ByPeople {
  int right = 0;  ///< Warnings judged right (or right at another turn).
  int right_kept = 0;
  int false_alarms = 0;
  int false_alarms_left = 0;
  int corrected = 0;  ///< Cases whose category was corrected.
  int corrected_met = 0;
};

struct Compared {
  replay::Comparison comparison;
  ByPeople people;
  std::vector<std::string> left_out;  ///< Calls that could not be read or replayed, with the reason.
};

std::vector<json> ReadResults(const std::filesystem::path& file) {
  std::vector<json> results;
  for (const cli::NumberedLine& line : cli::OrFail(cli::ReadLines(file))) {
    try {
      results.push_back(json::parse(line.text));
    } catch (const json::exception& problem) {
      throw cli::Failure{absl::StrCat(file.string(), ", line ", line.number, ": ", cli::JsonProblem(problem)), 2};
    }
  }
  return results;
}

void HearVerdicts(escalation::v1::EscalationService::Stub& stub, const std::string& call_id, const json& after,
                  ByPeople& people) {
  escalation::v1::ListAlertsRequest request;
  request.set_call_id(call_id);
  escalation::v1::ListAlertsResponse response;
  cli::OrFail(cli::Call([&](auto* context) { return stub.ListAlerts(context, request, &response); }));
  for (const auto& alert : response.alerts()) {
    const bool warns = !after.at(alert.level() == common::v1::RISK_LEVEL_RED ? "red_at" : "warned_at").is_null();
    if (alert.verdict() == escalation::v1::VERDICT_FALSE_ALARM) {
      ++people.false_alarms;
      people.false_alarms_left += warns;
    } else if (alert.verdict() != escalation::v1::VERDICT_UNSPECIFIED) {
      ++people.right;
      people.right_kept += warns;
    }
  }
}

void HearCorrections(intake::v1::IntakeService::Stub& stub, const std::string& call_id, const json& after,
                     ByPeople& people) {
  cli::OrFail(feedback::ForEachCorrected(stub, {.site = {}, .call_id = call_id}, [&](const auto& corrected) {
    ++people.corrected;
    for (const json& one : after.at("cases")) {
      if (one.at("kind") == cli::NameOf(corrected.kind()) && one.at("topic") == corrected.topic()) {
        ++people.corrected_met;
        return;
      }
    }
  }));
}

/// Runs the calls of the record through this program's services with its models, in a directory of their own.
Compared CompareRecord(CompareFlags& flags) {
  const auto record = cli::OrFail(cli::Connection::Open(flags.connection));
  const auto old_intake = intake::v1::IntakeService::NewStub(record->channel());
  const auto old_escalation = escalation::v1::EscalationService::NewStub(record->channel());
  const std::vector<std::string> ids = cli::OrFail(replay::OldCallIds(*old_intake, flags.site, flags.calls));

  cli::ConnectionFlags inside;
  inside.embedded = true;
  inside.models = flags.models;
  inside.demo_knowledge = false;
  const auto candidate = cli::OrFail(cli::Connection::Open(inside));
  const auto new_intake = intake::v1::IntakeService::NewStub(candidate->channel());

  Compared compared;
  std::vector<json> before;
  std::vector<json> after;
  cli::Progress progress{"replaying old calls", ids.size()};
  for (const std::string& id : ids) {
    const auto old = replay::ReadOldCall(*old_intake, id, kSettledPatience);
    const auto anew = old.ok() ? replay::Play(*new_intake, old->call, {}) : old.status();
    if (!anew.ok()) {
      compared.left_out.push_back(absl::StrCat(id, ": ", anew.status().message()));
      continue;
    }
    before.emplace_back(replay::ToJson(old->call, old->played));
    after.emplace_back(replay::ToJson(old->call, *anew));
    HearVerdicts(*old_escalation, id, after.back(), compared.people);
    HearCorrections(*old_intake, id, after.back(), compared.people);
    progress.Update(after.size());
  }
  progress.Finish();
  compared.comparison = replay::Compare(before, after);
  return compared;
}

Compared CompareFiles(const CompareFlags& flags) {
  try {
    return {.comparison = replay::Compare(ReadResults(flags.before), ReadResults(flags.after)),
            .people = {},
            .left_out = {}};
  } catch (const json::exception& problem) {
    throw cli::Failure{absl::StrCat("these are no results of `hotline replay`: ", cli::JsonProblem(problem)), 2};
  }
}

ordered_json ToJson(const Compared& compared) {
  const replay::Comparison& comparison = compared.comparison;
  ordered_json parts;
  for (const auto& [name, part] : comparison.parts)
    parts[name] = {{"compared", part.compared}, {"different", part.different}};
  const ByPeople& people = compared.people;
  return {{"calls", comparison.calls},
          {"only_before", comparison.only_before},
          {"only_after", comparison.only_after},
          {"left_out", compared.left_out.size()},
          {"model_before", comparison.model_before},
          {"model_after", comparison.model_after},
          {"warned_before", comparison.warned_before},
          {"warned_after", comparison.warned_after},
          {"red_before", comparison.red_before},
          {"red_after", comparison.red_after},
          {"parts", parts},
          {"judged",
           {{"right", people.right},
            {"right_kept", people.right_kept},
            {"false_alarms", people.false_alarms},
            {"false_alarms_left", people.false_alarms_left},
            {"corrected_cases", people.corrected},
            {"corrected_met", people.corrected_met}}}};
}

void Print(const Compared& compared) {
  const replay::Comparison& comparison = compared.comparison;
  std::cout << comparison.calls << " calls: " << comparison.model_before << " → " << comparison.model_after << "\n"
            << "warned " << comparison.warned_before << " → " << comparison.warned_after << ", red "
            << comparison.red_before << " → " << comparison.red_after << "\n\n";
  cli::Table parts{{"part", "compared", "different"}};
  for (const auto& [name, part] : comparison.parts)
    parts.Add({name, std::to_string(part.compared), std::to_string(part.different)});
  std::cout << parts.Text("  ") << "\n";
  const ByPeople& people = compared.people;
  if (people.right + people.false_alarms + people.corrected > 0) {
    std::cout << "judged by people: " << people.right_kept << " of " << people.right << " right warnings kept, "
              << people.false_alarms_left << " of " << people.false_alarms << " false alarms left, "
              << people.corrected_met << " of " << people.corrected << " corrected cases as corrected\n\n";
  }
  cli::Table table{{"call", "part", "before", "after"}};
  for (std::size_t i = 0; i < comparison.differences.size() && i < kShown; ++i) {
    const auto& difference = comparison.differences[i];
    table.Add(
        {difference.call, difference.part, cli::Shorten(difference.before, 40), cli::Shorten(difference.after, 40)});
  }
  if (!table.empty()) std::cout << table.Text("  ");
  if (comparison.differences.size() > kShown)
    std::cout << "  … " << comparison.differences.size() - kShown << " more; --out writes them all\n";
}

std::string Lines(const replay::Comparison& comparison) {
  std::string lines;
  for (const auto& difference : comparison.differences) {
    lines += ordered_json{{"id", difference.call},
                          {"part", difference.part},
                          {"before", difference.before},
                          {"after", difference.after}}
                 .dump() +
             "\n";
  }
  return lines;
}

void Run(CompareFlags& flags) {
  if (flags.before.empty() != flags.after.empty())
    throw cli::Failure{"name both files, or none to compare with the record", 2};
  const Compared compared = flags.before.empty() ? CompareRecord(flags) : CompareFiles(flags);
  for (const std::string& call : compared.left_out) std::cerr << "hotline: left out " << call << '\n';
  if (!flags.out.empty()) cli::OrFail(cli::WriteFile(flags.out, Lines(compared.comparison)));
  if (flags.json)
    std::cout << ToJson(compared).dump() << '\n';
  else
    Print(compared);
}

}  // namespace

void AddCompare(CLI::App& program) {
  auto* const command = program.add_subcommand(
      "compare", "Run this program and its models over the calls of the record, and say what would change");
  auto flags = std::make_shared<CompareFlags>();
  command->add_option("BEFORE.jsonl", flags->before, "Compare two results of `hotline replay` instead: the old one");
  command->add_option("AFTER.jsonl", flags->after, "... and the new one");
  command->add_option("--models", flags->models, "Directory of the candidate's models (default: this program's)")
      ->check(CLI::ExistingDirectory);
  command->add_option("--site", flags->site, "One site only");
  command->add_option("--calls", flags->calls, "The newest so many calls")->capture_default_str();
  command->add_flag("--json", flags->json, "The summary as one JSON object");
  command->add_option("--out", flags->out, "Every difference, a JSON object a line");
  flags->connection.AddTo(*command);
  command->callback([flags] { Run(*flags); });
}

}  // namespace hotline::commands
