#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include <sys/resource.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include <absl/strings/str_cat.h>
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "hotline/cli/call.h"
#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/cli/names.h"
#include "hotline/cli/terminal.h"
#include "hotline/cli/tsv.h"
#include "hotline/commands/commands.h"
#include "platform/rpc/status.h"

namespace hotline::commands {
namespace {

namespace v1 = intake::v1;
using common::v1::CaseState;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::array<std::string_view, 4> kTitleColumns{"title", "留言主题", "主题", "标题"};
constexpr std::array<std::string_view, 5> kDetailColumns{"detail", "留言详情", "详情", "内容", "text"};
/// Where a filed message comes to rest without a person.
constexpr std::array kEndStates{CaseState::CASE_STATE_DISPATCHED, CaseState::CASE_STATE_ANSWERED_DIRECTLY,
                                CaseState::CASE_STATE_INFORMED, CaseState::CASE_STATE_EMERGENCY_TRANSFERRED,
                                CaseState::CASE_STATE_TO_DISPATCH};

struct FileFlags {
  cli::ConnectionFlags connection;
  std::filesystem::path in;
  std::string site = "yunzhou";
  bool again = false;
  bool json = false;
  int in_flight = 64;
  int patience_s = 120;
};

bool IsEndState(CaseState state) { return std::find(kEndStates.begin(), kEndStates.end(), state) != kEndStates.end(); }

/// Every row under a request_id and external_id of the file and the row: filing again repeats, `salt` files anew.
std::vector<v1::FileMessageRequest> RequestsOf(const FileFlags& flags) {
  const cli::TsvFile tsv = cli::OrFail(cli::TsvFile::Read(flags.in));
  const std::size_t title = cli::OrFail(tsv.AnyColumn(kTitleColumns));
  const auto detail = tsv.AnyColumn(kDetailColumns);
  const std::string salt = flags.again ? cli::FreshRequestId() : "";
  const std::string file = cli::RequestIdOf(salt + flags.site + cli::OrFail(cli::ReadFile(flags.in))).substr(0, 24);
  std::vector<v1::FileMessageRequest> requests(tsv.rows());
  for (std::size_t row = 0; row < requests.size(); ++row) {
    v1::FileMessageRequest& request = requests[row];
    request.set_request_id(absl::StrCat(file, "-", row + 1));
    request.set_external_id(absl::StrCat(file, "-", row + 1));
    request.set_site(flags.site);
    request.set_channel(common::v1::CHANNEL_WEB);
    request.set_title(std::string{tsv.Field(row, title)});
    if (detail.ok()) request.set_text(std::string{tsv.Field(row, *detail)});
  }
  return requests;
}

/// Files messages with a bounded number in flight, and repeats what the server shed or could not answer.
class Filer {
 public:
  Filer(v1::IntakeService::Stub& stub, const std::vector<v1::FileMessageRequest>& requests)
      : stub_{stub}, requests_{requests}, case_nos_(requests.size()) {}

  void Run(int in_flight) {
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(in_flight));
    for (int i = 0; i < in_flight; ++i) threads.emplace_back([this] { FileSome(); });
    for (auto& thread : threads) thread.join();
    progress_.Finish();
  }

  [[nodiscard]] const std::vector<std::string>& case_nos() const { return case_nos_; }
  [[nodiscard]] const std::vector<std::string>& failures() const { return failures_; }

 private:
  void FileSome() {
    for (std::size_t row = next_++; row < requests_.size(); row = next_++) {
      v1::FileMessageResponse response;
      const absl::Status filed = FileOne(requests_[row], response);
      const std::lock_guard lock{mutex_};
      case_nos_[row] = response.case_no();
      if (!filed.ok()) failures_.push_back(absl::StrCat("row ", row + 1, ": ", platform::Explain(filed)));
      progress_.Update(++done_);
    }
  }

  absl::Status FileOne(const v1::FileMessageRequest& request, v1::FileMessageResponse& response) {
    constexpr int kAttempts = 10;
    absl::Status filed;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      filed = cli::Call([&](auto* context) { return stub_.FileMessage(context, request, &response); });
      const bool again = absl::IsUnavailable(filed) || absl::IsResourceExhausted(filed) || absl::IsAborted(filed) ||
                         absl::IsDeadlineExceeded(filed);
      if (!again) return filed;
      std::this_thread::sleep_for(std::min(milliseconds{50} * (1 << attempt), milliseconds{5000}));
    }
    return filed;
  }

  v1::IntakeService::Stub& stub_;
  const std::vector<v1::FileMessageRequest>& requests_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::vector<std::string> case_nos_;
  std::vector<std::string> failures_;
  std::uint64_t done_ = 0;
  cli::Progress progress_{"filing messages", requests_.size()};
};

/// The state of each case once it has come to rest; polls, because a case may have rested before this command ran.
std::map<std::string, CaseState> AwaitRest(v1::IntakeService::Stub& stub, const std::vector<std::string>& case_nos,
                                           std::chrono::seconds patience) {
  std::map<std::string, CaseState> states;
  std::vector<std::string> waiting{case_nos.begin(), case_nos.end()};
  std::erase(waiting, "");
  cli::Progress progress{"understanding and routing", waiting.size()};
  auto last_change = steady_clock::now();
  while (!waiting.empty() && steady_clock::now() - last_change < patience) {
    const std::size_t before = waiting.size();
    std::vector<std::string> still;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      v1::GetCaseRequest request;
      request.set_case_no(waiting[i]);
      v1::GetCaseResponse response;
      cli::OrFail(cli::Call([&](auto* context) { return stub.GetCase(context, request, &response); }));
      states[waiting[i]] = response.case_().state();
      if (!IsEndState(response.case_().state())) {
        // Cases are understood in about the order they were filed: the rest is not worth asking for yet.
        still.assign(waiting.begin() + static_cast<std::ptrdiff_t>(i), waiting.end());
        break;
      }
      progress.Update(states.size());
    }
    waiting = std::move(still);
    if (waiting.size() < before) last_change = steady_clock::now();
    if (!waiting.empty()) std::this_thread::sleep_for(milliseconds{100});
  }
  for (const std::string& case_no : waiting) states.try_emplace(case_no, CaseState::CASE_STATE_PENDING);
  progress.Update(states.size());
  progress.Finish();
  return states;
}

struct Outcome {
  std::size_t rows = 0;
  std::map<CaseState, std::size_t> states;
  std::size_t distinct = 0;
  std::vector<std::string> failures;
  double accepted_per_second = 0;
  double rested_per_second = 0;
  double peak_mib = 0;

  [[nodiscard]] std::size_t Rested() const {
    std::size_t rested = 0;
    for (const CaseState state : kEndStates) rested += states.contains(state) ? states.at(state) : 0;
    return rested;
  }
  [[nodiscard]] bool AddsUp() const { return failures.empty() && distinct == rows && Rested() == rows; }
};

double PeakMebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

Outcome FileAll(const FileFlags& flags, const std::vector<v1::FileMessageRequest>& requests,
                v1::IntakeService::Stub& stub) {
  const auto started = steady_clock::now();
  const auto seconds = [&] {
    return std::max(1e-3, std::chrono::duration<double>(steady_clock::now() - started).count());
  };
  Outcome outcome{.rows = requests.size()};
  Filer filer{stub, requests};
  filer.Run(flags.in_flight);
  outcome.failures = filer.failures();
  outcome.accepted_per_second = static_cast<double>(requests.size() - outcome.failures.size()) / seconds();
  const auto states = AwaitRest(stub, filer.case_nos(), std::chrono::seconds{flags.patience_s});
  outcome.rested_per_second = static_cast<double>(states.size()) / seconds();
  outcome.distinct = states.size();
  for (const auto& [case_no, state] : states) ++outcome.states[state];
  outcome.peak_mib = PeakMebibytes();
  return outcome;
}

void Print(const Outcome& outcome, bool json, bool embedded) {
  if (json) {
    nlohmann::ordered_json states = nlohmann::ordered_json::object();
    for (const CaseState state : kEndStates)
      states[std::string{cli::NameOf(state)}] = outcome.states.contains(state) ? outcome.states.at(state) : 0;
    std::cout << nlohmann::ordered_json{{"rows", outcome.rows},
                                        {"cases", outcome.distinct},
                                        {"failed", outcome.failures.size()},
                                        {"states", states},
                                        {"adds_up", outcome.AddsUp()},
                                        {"accepted_per_second", outcome.accepted_per_second},
                                        {"rested_per_second", outcome.rested_per_second},
                                        {"peak_mib", outcome.peak_mib}}
                     .dump()
              << '\n';
    return;
  }
  cli::Table table{{"end state", "cases"}};
  for (const CaseState state : kEndStates)
    table.Add({std::string{cli::NameOf(state)},
               std::to_string(outcome.states.contains(state) ? outcome.states.at(state) : 0)});
  for (const auto& [state, count] : outcome.states) {
    if (!IsEndState(state)) table.Add({std::string{cli::NameOf(state)} + " (not at rest)", std::to_string(count)});
  }
  std::cout << table.Text();
  std::cout << fmt::format("{} rows, {} cases, {} at rest, {} failed: {}\n", outcome.rows, outcome.distinct,
                           outcome.Rested(), outcome.failures.size(),
                           outcome.AddsUp() ? "the counts add up" : "THE COUNTS DO NOT ADD UP");
  std::cout << fmt::format("accepted {:.0f}/s, understood and routed {:.0f}/s, peak memory of this {} {:.0f} MiB\n",
                           outcome.accepted_per_second, outcome.rested_per_second,
                           embedded ? "process (services included)" : "client", outcome.peak_mib);
}

void Run(const FileFlags& flags) {
  const auto requests = RequestsOf(flags);
  const auto connection = cli::OrFail(cli::Connection::Open(flags.connection));
  const auto stub = v1::IntakeService::NewStub(connection->channel());
  const Outcome outcome = FileAll(flags, requests, *stub);
  Print(outcome, flags.json, connection->embedded());
  constexpr std::size_t kShown = 10;
  for (std::size_t i = 0; i < std::min(kShown, outcome.failures.size()); ++i)
    std::cerr << "hotline: " << outcome.failures[i] << '\n';
  if (!outcome.AddsUp())
    throw cli::Failure{"not every row is at rest exactly once; running the command again repeats only what is missing",
                       1};
}

}  // namespace

void AddFile(CLI::App& program) {
  auto* const command =
      program.add_subcommand("file", "File every row of a TSV of messages as a case, and wait until each is routed");
  auto flags = std::make_shared<FileFlags>();
  command
      ->add_option("MESSAGES.tsv", flags->in,
                   "Rows with a title and a detail column (title, detail or 留言主题, 留言详情)")
      ->required();
  command->add_option("--site", flags->site, "Site that takes them")->capture_default_str();
  command->add_option("--in-flight", flags->in_flight, "Requests at the same time")
      ->check(CLI::Range(1, 512))
      ->capture_default_str();
  command->add_option("--patience", flags->patience_s, "Seconds without progress after which to give up")
      ->capture_default_str();
  command->add_flag("--again", flags->again, "File everything anew: without it a second run repeats the first");
  command->add_flag("--json", flags->json, "The totals as one JSON object");
  flags->connection.AddTo(*command);
  command->callback([flags] { Run(*flags); });
}

}  // namespace hotline::commands
