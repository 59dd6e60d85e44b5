#include <iostream>
#include <memory>
#include <string>

#include <absl/strings/str_cat.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <CLI/CLI.hpp>

#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/commands/commands.h"

namespace hotline::commands {
namespace {

struct HealthFlags {
  std::string address;
  std::string service;
  int patience_seconds = 3;
};

/// gRPC's own client of the health service: such a channel is connected when the server says SERVING, not before.
std::shared_ptr<grpc::Channel> ChannelOnceServing(const std::string& address, const std::string& service) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(absl::StrCat(R"({"loadBalancingConfig": [{"round_robin": {}}],
      "healthCheckConfig": {"serviceName": ")",
                                              service, R"("}})"));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

void Ask(const HealthFlags& flags) {
  const std::string address = cli::AddressOf(flags.address);
  const auto channel = ChannelOnceServing(address, flags.service);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds{flags.patience_seconds})) {
    throw cli::Failure{absl::StrCat(address, " is not serving"), 1};
  }
  std::cout << address << " is serving\n";
}

}  // namespace

void AddHealth(CLI::App& program) {
  auto* const command = program.add_subcommand("health", "Ask a server whether it serves; exit 1 when it does not");
  auto flags = std::make_shared<HealthFlags>();
  command->add_option("--address", flags->address, "Server to ask (default: HOTLINE_ADDRESS, else that of `up`)");
  command->add_option("--service", flags->service, "One of its services: hotline.intake.v1.IntakeService");
  command->add_option("--patience", flags->patience_seconds, "Seconds to wait for it")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  command->callback([flags] { Ask(*flags); });
}

}  // namespace hotline::commands
