#include <hotline/operations/v1/operations_service.grpc.pb.h>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "hotline/cli/call.h"
#include "hotline/cli/case_json.h"
#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/cli/terminal.h"
#include "hotline/commands/commands.h"
#include "hotline/modules.h"
#include "platform/config/config.h"
#include "platform/rpc/client.h"

namespace hotline::commands {
namespace {

namespace v1 = operations::v1;
using cli::Call;
using cli::OrFail;
using nlohmann::ordered_json;

constexpr std::chrono::seconds kSiblingPatience{3};
constexpr int kPage = 1'000;
constexpr std::size_t kReasonColumns = 50;

struct DeadLetterFlags {
  cli::ConnectionFlags connection;
  std::string service;
  std::vector<std::string> letters;
  bool all = false;
  bool json = false;
};

/// A dead letter as people name it: "intake/12".
struct LetterName {
  std::string service;
  std::int64_t id = 0;
  [[nodiscard]] std::string Text() const { return absl::StrCat(service, "/", id); }
};

std::string ServiceNames() {
  std::string names;
  for (const auto& module : AllModules()) absl::StrAppend(&names, names.empty() ? "" : ", ", std::string{module.name});
  return names;
}

bool IsService(const std::string& name) {
  const auto modules = AllModules();
  return std::any_of(modules.begin(), modules.end(), [&](const auto& module) { return module.name == name; });
}

LetterName NameOrFail(const std::string& text, const std::string& service) {
  LetterName name{.service = service};
  std::string number = text;
  if (const auto slash = text.find('/'); slash != std::string::npos) {
    name.service = text.substr(0, slash);
    number = text.substr(slash + 1);
  }
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), name.id);
  if (error != std::errc{} || end != number.data() + number.size() || name.id <= 0 || !IsService(name.service)) {
    throw cli::Failure{absl::StrCat("'", text, "' names no dead letter: intake/12, as `hotline deadletters list` shows",
                                    " them, or 12 with --service; the services are ", ServiceNames()),
                       2};
  }
  return name;
}

/// The processes of the services: the one the command talks to, and of the services that run elsewhere those that the
/// settings name (intake_address: HOTLINE_INTAKE_ADDRESS, or --config).
class Processes {
 public:
  explicit Processes(const cli::ConnectionFlags& flags)
      : identity_{flags.identity}, connection_{OrFail(cli::Connection::Open(flags))} {
    config_ = OrFail(platform::Config::Load({}, platform::Environment(), {}));
    const v1::ListDeadLettersResponse first = OrFail(List(connection_->channel(), "", 1));
    here_.insert(first.services().begin(), first.services().end());
  }

  /// Every service's, or one's. Says on standard error which could not be asked; `complete` is false then.
  std::vector<v1::DeadLetter> ListAll(const std::string& service, bool& complete) {
    std::vector<v1::DeadLetter> letters;
    const auto take = [&](const absl::StatusOr<v1::ListDeadLettersResponse>& response, const std::string& who) {
      if (!response.ok()) {
        std::cerr << "hotline: " << who << ": " << platform::Explain(response.status()) << '\n';
        complete = false;
        return;
      }
      letters.insert(letters.end(), response->dead_letters().begin(), response->dead_letters().end());
      if (response->more()) std::cerr << "hotline: " << who << " has more than are shown\n";
    };
    for (const auto& module : AllModules()) {
      const std::string name{module.name};
      if (!service.empty() && service != name) continue;
      const auto channel = ChannelOf(name);
      take(channel.ok() ? List(*channel, name, kPage) : absl::StatusOr<v1::ListDeadLettersResponse>{channel.status()},
           name);
    }
    return letters;
  }

  absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelOf(const std::string& service) {
    if (here_.contains(service)) return connection_->channel();
    const std::string setting = service + "_address";
    const std::string address = config_->Text(setting);
    auto channel = cli::ChannelAs(identity_, address, platform::ChannelSettings());
    if (!platform::WaitUntilConnected(*channel, address, kSiblingPatience).ok()) {
      return absl::UnavailableError(absl::StrCat("it does not run in ", connection_->address(),
                                                 ", and nothing answers at ", address, ", where the setting ", setting,
                                                 " says it is"));
    }
    return channel;
  }

 private:
  static absl::StatusOr<v1::ListDeadLettersResponse> List(const std::shared_ptr<grpc::Channel>& channel,
                                                          const std::string& service, int page_size) {
    const auto stub = v1::OperationsService::NewStub(channel);
    v1::ListDeadLettersRequest request;
    request.set_service(service);
    request.set_page_size(page_size);
    v1::ListDeadLettersResponse response;
    const absl::Status status = Call([&](auto* context) { return stub->ListDeadLetters(context, request, &response); });
    if (!status.ok()) return status;
    return response;
  }

  const cli::Identity identity_;
  const std::unique_ptr<cli::Connection> connection_;
  std::optional<platform::Config> config_;
  std::set<std::string> here_;  ///< The services of connection_.
};

ordered_json ToJson(const v1::DeadLetter& letter) {
  return {{"letter", LetterName{letter.service(), letter.id()}.Text()},
          {"service", letter.service()},
          {"id", letter.id()},
          {"group", letter.consumer_group()},
          {"topic", letter.topic()},
          {"source", letter.source()},
          {"key", letter.key()},
          {"sequence", letter.sequence()},
          {"event_id", letter.event_id()},
          {"type", letter.event_type()},
          {"reason", letter.reason()},
          {"parked_at", cli::TimeOrNull(letter.has_parked_at(), letter.parked_at())},
          {"queued_behind", letter.queued_behind()}};
}

void CheckService(const DeadLetterFlags& flags) {
  if (!flags.service.empty() && !IsService(flags.service)) {
    throw cli::Failure{absl::StrCat("--service: '", flags.service, "' is none of ", ServiceNames()), 2};
  }
}

void List(const DeadLetterFlags& flags) {
  CheckService(flags);
  Processes processes{flags.connection};
  bool complete = true;
  const std::vector<v1::DeadLetter> letters = processes.ListAll(flags.service, complete);
  if (flags.json) {
    for (const v1::DeadLetter& letter : letters) std::cout << ToJson(letter).dump() << '\n';
  } else if (!letters.empty()) {
    cli::Table table{{"letter", "since", "key", "event", "behind", "reason"}};
    for (const v1::DeadLetter& letter : letters) {
      table.Add({LetterName{letter.service(), letter.id()}.Text(),
                 cli::ShortTime(letter.has_parked_at(), letter.parked_at()), letter.key(), letter.event_type(),
                 std::to_string(letter.queued_behind()), cli::Shorten(letter.reason(), kReasonColumns)});
    }
    std::cout << table.Text();
  } else if (complete) {
    std::cout << "no dead letters\n";
  }
  if (!complete) throw cli::Failure{"not every service could be asked", 1};
}

/// Does one thing to each letter; goes on after one that fails, and fails in the end.
void Decide(const DeadLetterFlags& flags, std::string_view state,
            const std::function<absl::Status(v1::OperationsService::Stub&, const LetterName&)>& decide) {
  CheckService(flags);
  std::vector<LetterName> names;
  for (const std::string& text : flags.letters) names.push_back(NameOrFail(text, flags.service));
  Processes processes{flags.connection};
  bool complete = true;
  if (flags.all) {
    for (const v1::DeadLetter& letter : processes.ListAll(flags.service, complete)) {
      names.push_back({letter.service(), letter.id()});
    }
  }
  std::size_t failed = 0;
  for (const LetterName& name : names) {
    const auto channel = processes.ChannelOf(name.service);
    absl::Status status = channel.status();
    if (channel.ok()) status = decide(*v1::OperationsService::NewStub(*channel), name);
    if (!status.ok()) {
      ++failed;
      std::cerr << "hotline: " << name.Text() << ": " << platform::Explain(status) << '\n';
    } else if (flags.json) {
      std::cout << ordered_json{{"letter", name.Text()}, {"state", state}}.dump() << '\n';
    } else {
      std::cout << name.Text() << " " << state << '\n';
    }
  }
  if (failed > 0) throw cli::Failure{absl::StrCat(failed, " of ", names.size(), " failed"), 1};
  if (!complete) throw cli::Failure{"not every service could be asked", 1};
  if (names.empty() && !flags.json) std::cout << "no dead letters\n";
}

/// A decision by one method of the service.
template <typename Request, typename Response, typename Method>
auto By(Method method) {
  return [method](v1::OperationsService::Stub& stub, const LetterName& name) {
    Request request;
    request.set_request_id(cli::FreshRequestId());
    request.set_service(name.service);
    request.set_id(name.id);
    Response response;
    return Call([&](auto* context) { return (stub.*method)(context, request, &response); });
  };
}

void Redrive(const DeadLetterFlags& flags) {
  if (flags.letters.empty() != flags.all) throw cli::Failure{"name the letters, or --all of them", 2};
  Decide(
      flags, "redriven",
      By<v1::RedriveDeadLetterRequest, v1::RedriveDeadLetterResponse>(&v1::OperationsService::Stub::RedriveDeadLetter));
}

void Skip(const DeadLetterFlags& flags) {
  Decide(flags, "skipped",
         By<v1::SkipDeadLetterRequest, v1::SkipDeadLetterResponse>(&v1::OperationsService::Stub::SkipDeadLetter));
}

CLI::App* AddOne(CLI::App& parent, const char* name, const char* help, const std::shared_ptr<DeadLetterFlags>& flags,
                 void (*run)(const DeadLetterFlags&)) {
  auto* const command = parent.add_subcommand(name, help);
  command->add_option("--service", flags->service, "Only of this service: " + ServiceNames());
  command->add_flag("--json", flags->json, "One JSON object a line");
  flags->connection.AddTo(*command);
  command->callback([flags, run] { run(*flags); });
  return command;
}

}  // namespace

void AddDeadLetters(CLI::App& program) {
  auto* const parent = program.add_subcommand("deadletters", "Events that a service could not apply");
  parent->require_subcommand(1);
  parent->footer(
      "An event that a service cannot apply is parked with those of its key behind it; all others go on. Once the\n"
      "reason is mended it is redriven; one that can never be applied is skipped, and kept as evidence.\n"
      "Services that are not in the process at --address are asked where HOTLINE_INTAKE_ADDRESS and its like say.");
  AddOne(*parent, "list", "What is parked, and why; the payload stays sealed", std::make_shared<DeadLetterFlags>(),
         &List);
  const auto redrive_flags = std::make_shared<DeadLetterFlags>();
  auto* const redrive =
      AddOne(*parent, "redrive", "Have events applied again, then those behind them", redrive_flags, &Redrive);
  redrive->add_option("LETTER", redrive_flags->letters, "intake/12, as list shows it");
  redrive->add_flag("--all", redrive_flags->all, "Every dead letter (of --service)");
  const auto skip_flags = std::make_shared<DeadLetterFlags>();
  auto* const skip =
      AddOne(*parent, "skip", "Leave events for good and let those behind them go on", skip_flags, &Skip);
  skip->add_option("LETTER", skip_flags->letters, "intake/12, as list shows it")->required();
}

}  // namespace hotline::commands
