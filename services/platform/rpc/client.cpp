#include "platform/rpc/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "platform/rpc/limits.h"

namespace hotline::platform {
namespace {

constexpr char kRetryPolicy[] = R"({"methodConfig": [{"name": [{}], "retryPolicy": {
  "maxAttempts": 4, "initialBackoff": "0.1s", "maxBackoff": "2s", "backoffMultiplier": 2,
  "retryableStatusCodes": ["UNAVAILABLE", "RESOURCE_EXHAUSTED"]}}]})";

}  // namespace

grpc::ChannelArguments ChannelSettings() {
  grpc::ChannelArguments settings;
  settings.SetMaxReceiveMessageSize(kMaxMessageBytes);
  settings.SetMaxSendMessageSize(kMaxMessageBytes);
  settings.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  settings.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  settings.SetServiceConfigJSON(kRetryPolicy);
  return settings;
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address) {
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), ChannelSettings());
}

absl::Status WaitUntilConnected(grpc::Channel& channel, const std::string& address, std::chrono::milliseconds timeout) {
  if (channel.WaitForConnected(std::chrono::system_clock::now() + timeout)) return absl::OkStatus();
  return absl::UnavailableError("nothing answers at " + address);
}

void Prepare(grpc::ClientContext& context, const Actor& actor, std::chrono::steady_clock::time_point deadline) {
  // gRPC counts in system time; the difference keeps a jump of the wall clock out of it.
  const auto left = deadline - std::chrono::steady_clock::now();
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::duration_cast<std::chrono::system_clock::duration>(left));
  if (actor.development) return;  // Whoever says nothing is the development actor, where there is one.
  context.AddMetadata(kActorMetadata, actor.id);
  context.AddMetadata(kRoleMetadata, std::string{Name(actor.role)});
}

}  // namespace hotline::platform
