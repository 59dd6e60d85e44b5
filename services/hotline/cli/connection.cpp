#include "hotline/cli/connection.h"

#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>
#include <CLI/CLI.hpp>

#include "hotline/cli/knowledge_files.h"
#include "hotline/modules.h"
#include "platform/config/config.h"
#include "platform/runtime/process.h"
#include "platform/security/actor.h"
#include "platform/telemetry/log.h"

namespace hotline::cli {
namespace {

using platform::Role;

constexpr std::chrono::seconds kConnectPatience{3};
constexpr int kMaxMessageBytes = 64 * 1024 * 1024;

std::string DefaultAddress() {
  for (const platform::Setting& setting : platform::Config::Known()) {
    if (setting.name == "listen") return std::string{setting.default_value};
  }
  return "127.0.0.1:50345";
}

std::string NamedAddress(const std::string& flag) {
  if (!flag.empty()) return flag;
  const char* const named = std::getenv("HOTLINE_ADDRESS");
  return named == nullptr ? "" : named;
}

std::vector<std::string> Roles() {
  std::vector<std::string> names;
  for (const auto role :
       {Role::kAgent, Role::kSupervisor, Role::kKnowledge, Role::kFollowUp, Role::kDirector, Role::kSystem}) {
    names.emplace_back(Name(role));
  }
  return names;
}

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address, const Identity& identity = {}) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  return ChannelAs(identity, address, arguments);
}

bool Answers(const std::shared_ptr<grpc::Channel>& channel, std::chrono::milliseconds patience) {
  return channel->WaitForConnected(std::chrono::system_clock::now() + patience);
}

absl::StatusOr<std::filesystem::path> MakeTemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "hotline-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot make a temporary directory like ", pattern));
  }
  return std::filesystem::path{pattern};
}

}  // namespace

void ConnectionFlags::AddTo(CLI::App& command) {
  auto* const address_option = command.add_option(
      "--address", address, "Server to talk to (default: HOTLINE_ADDRESS, else " + DefaultAddress() + ")");
  auto* const actor_option =
      command.add_option("--actor", identity.actor, "Who calls, 1 to 64 printable characters: history names them")
          ->envname("HOTLINE_ACTOR");
  auto* const role_option = command
                                .add_option("--role", identity.role,
                                            "The caller's role; a server that is not of this "
                                            "machine wants both")
                                ->envname("HOTLINE_ROLE")
                                ->check(CLI::IsMember{Roles()});
  actor_option->needs(role_option);
  role_option->needs(actor_option);
  auto* const embedded_flag = command.add_flag("--embedded", embedded, "Start all services inside this command");
  command
      .add_option("--data", data, "With --embedded: data directory (default: a temporary one with the demo articles)")
      ->needs(embedded_flag);
  embedded_flag->excludes(address_option);
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ConnectionFlags& flags) {
  std::unique_ptr<Connection> connection{new Connection};
  if (flags.embedded) {
    if (const absl::Status embedded = connection->Embed(flags); !embedded.ok()) return embedded;
    return connection;
  }
  connection->address_ = AddressOf(flags.address);
  connection->channel_ = ChannelTo(connection->address_, flags.identity);
  if (!Answers(connection->channel_, kConnectPatience)) {
    return absl::UnavailableError(
        absl::StrCat("nothing answers at ", connection->address_,
                     ": start `hotline up`, name a server with --address (or HOTLINE_ADDRESS), "
                     "or add --embedded to run everything inside this command"));
  }
  return connection;
}

absl::Status Connection::Embed(const ConnectionFlags& flags) {
  std::filesystem::path data = flags.data;
  if (data.empty()) {
    const auto made = MakeTemporaryDirectory();
    if (!made.ok()) return made.status();
    data = temporary_ = *made;
  }
  std::map<std::string, std::string> settings = {
      {"data_dir", data.string()}, {"listen", "127.0.0.1:0"}, {"metrics_listen", ""}, {"trust_call_time", "*"}};
  if (!flags.models.empty()) settings["model_dir"] = flags.models.string();
  const auto config = platform::Config::Load({}, platform::Environment(), settings);
  if (!config.ok()) return config.status();
  platform::SetLogLevel(platform::LogLevel::kWarning);  // The command's own words are what people want to read.
  auto process = platform::Process::Start(*config, AllModules());
  if (!process.ok()) return process.status();
  process_ = *std::move(process);
  address_ = process_->address();
  channel_ = process_->channel();
  return temporary_.empty() || !flags.demo_knowledge ? absl::OkStatus() : LoadDemoKnowledge(channel_);
}

Connection::~Connection() {
  channel_.reset();
  if (process_ != nullptr) process_->Stop();
  process_.reset();
  if (!temporary_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(temporary_, ignored);
  }
}

std::string AddressOf(const std::string& flag) {
  const std::string named = NamedAddress(flag);
  return named.empty() ? DefaultAddress() : named;
}

bool NothingIsNamedOrListening(const ConnectionFlags& flags) {
  return !flags.embedded && NamedAddress(flags.address).empty() &&
         !Answers(ChannelTo(DefaultAddress()), std::chrono::milliseconds{300});
}

absl::StatusOr<std::filesystem::path> DemoDirectory() {
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  const std::filesystem::path candidates[] = {program / "../share/hotline/demo", HOTLINE_SOURCE_DIR "/deploy/demo"};
  for (const auto& candidate : candidates) {
    if (std::filesystem::exists(candidate / "articles.jsonl")) return candidate;
  }
  return absl::NotFoundError(
      absl::StrCat("no demo articles in ", candidates[0].string(), " or ", candidates[1].string()));
}

absl::Status LoadDemoKnowledge(const std::shared_ptr<grpc::Channel>& channel) {
  const auto demo = DemoDirectory();
  if (!demo.ok()) return demo.status();
  if (const auto articles = ImportArticleFile(channel, *demo / "articles.jsonl", {}); !articles.ok())
    return articles.status();
  return ImportPhraseFile(channel, *demo / "phrases.jsonl").status();
}

}  // namespace hotline::cli
