#include <atomic>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include <absl/strings/str_cat.h>
#include <CLI/CLI.hpp>

#include "hotline/cli/call.h"
#include "hotline/cli/choice.h"
#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/cli/knowledge_files.h"
#include "hotline/cli/terminal.h"
#include "hotline/cli/tsv.h"
#include "hotline/commands/commands.h"
#include "hotline/commands/report.h"
#include "hotline/replay/call_file.h"
#include "hotline/replay/player.h"
#include "hotline/replay/results.h"
#include "platform/rpc/status.h"

namespace hotline::commands {
namespace {

struct ReplayFlags {
  cli::ConnectionFlags connection;
  std::filesystem::path calls, knowledge, phrases, out;
  replay::PlayOptions play;
  bool again = false;
  bool report = false;
  int desks = 4;
};

/// Calls of one caller stay in order, because a later one is judged by the earlier; others are independent.
std::vector<std::vector<std::size_t>> ByCaller(const std::vector<replay::RecordedCall>& calls) {
  std::map<std::string, std::size_t> group_of;
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const std::string caller =
        calls[i].phone.empty() ? absl::StrCat("nobody ", i) : calls[i].open.site() + calls[i].phone;
    const auto [found, added] = group_of.try_emplace(caller, groups.size());
    if (added) groups.emplace_back();
    groups[found->second].push_back(i);
  }
  return groups;
}

/// Several desks take callers in turn; results stand in the order of the file.
class Desks {
 public:
  Desks(const std::vector<replay::RecordedCall>& calls, const std::shared_ptr<grpc::Channel>& channel,
        const replay::PlayOptions& options)
      : calls_{calls},
        groups_{ByCaller(calls)},
        stub_{intake::v1::IntakeService::NewStub(channel)},
        options_{options},
        lines_(calls.size()) {}

  void Run(int desks) {
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(desks));
    for (int i = 0; i < desks; ++i) threads.emplace_back([this] { TakeCalls(); });
    for (auto& thread : threads) thread.join();
    progress_.Finish();
  }

  [[nodiscard]] const std::vector<std::string>& failures() const { return failures_; }
  [[nodiscard]] std::string Lines() const {
    std::string all;
    for (const std::string& line : lines_) all += line;
    return all;
  }

 private:
  void TakeCalls() {
    for (std::size_t group = next_++; group < groups_.size(); group = next_++) {
      for (const std::size_t i : groups_[group]) PlayOne(i);
    }
  }

  void PlayOne(std::size_t i) {
    const auto played = replay::Play(*stub_, calls_[i], options_);
    std::string line = played.ok() ? replay::ToJson(calls_[i], *played).dump() + "\n" : "";
    const std::lock_guard lock{mutex_};
    lines_[i] = std::move(line);
    if (!played.ok()) failures_.push_back(absl::StrCat(calls_[i].id, ": ", platform::Explain(played.status())));
    progress_.Update(++done_, calls_[i].id);
  }

  const std::vector<replay::RecordedCall>& calls_;
  const std::vector<std::vector<std::size_t>> groups_;
  const std::unique_ptr<intake::v1::IntakeService::Stub> stub_;
  const replay::PlayOptions options_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::vector<std::string> lines_;
  std::vector<std::string> failures_;
  std::uint64_t done_ = 0;
  cli::Progress progress_{"replaying calls", calls_.size()};
};

void ImportKnowledge(const ReplayFlags& flags, const std::shared_ptr<grpc::Channel>& channel) {
  if (!flags.knowledge.empty()) cli::OrFail(cli::ImportArticleFile(channel, flags.knowledge, {}).status());
  if (!flags.phrases.empty()) cli::OrFail(cli::ImportPhraseFile(channel, flags.phrases).status());
}

void Run(ReplayFlags& flags) {
  const std::string salt = flags.again ? cli::FreshRequestId() : "";
  const auto calls = cli::OrFail(replay::ReadCallFile(flags.calls, salt));
  flags.connection.demo_knowledge = flags.knowledge.empty() && flags.phrases.empty();
  const auto connection = cli::OrFail(cli::Connection::Open(flags.connection));
  ImportKnowledge(flags, connection->channel());

  Desks desks{calls, connection->channel(), flags.play};
  desks.Run(std::max(1, flags.desks));
  if (!flags.out.empty() || !flags.report) cli::OrFail(cli::WriteFile(flags.out, desks.Lines()));
  if (flags.report) std::cout << ReportText(connection->channel(), "");
  for (const std::string& failure : desks.failures()) std::cerr << "hotline: call " << failure << '\n';
  if (!desks.failures().empty()) {
    throw cli::Failure{absl::StrCat(desks.failures().size(), " of ", calls.size(),
                                    " calls did not settle; running the command again repeats only what is missing"),
                       1};
  }
}

}  // namespace

void AddReplay(CLI::App& program) {
  auto* const command =
      program.add_subcommand("replay", "Replay recorded calls through the services, as an agent's desk would");
  auto flags = std::make_shared<ReplayFlags>();
  command->add_option("CALLS.jsonl", flags->calls, "Calls, a JSON object a line")->required();
  cli::AddChoice(*command, "--speed", flags->play.speed, {{"max", replay::Speed::kMax}, {"real", replay::Speed::kReal}},
                 "max, or real: pauses as they were spoken");
  command->add_flag("--pipeline", flags->play.pipeline, "Do not wait for a turn's assessment before the next turn");
  command->add_option("--knowledge", flags->knowledge, "Articles to import first (JSONL or TSV)");
  command->add_option("--phrases", flags->phrases, "Phrases to import first (JSONL)");
  command->add_flag("--again", flags->again,
                    "File everything anew: without it a second replay repeats the first results");
  command->add_option("--desks", flags->desks, "Calls at the same time")->check(CLI::Range(1, 64));
  command->add_flag("--report", flags->report, "Print the director's summary at the end");
  command->add_option("--out", flags->out, "Where to write the results (default: standard output)");
  flags->connection.AddTo(*command);
  command->callback([flags] { Run(*flags); });
}

}  // namespace hotline::commands
