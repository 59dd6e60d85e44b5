#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <absl/status/status.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/channel_arguments.h>

#include "platform/security/actor.h"

namespace hotline::platform {

/// Limits and habits of every channel: message size, keepalive, and a retry with backoff of what was not served
/// (UNAVAILABLE, RESOURCE_EXHAUSTED: every mutating method carries a request_id, so repeating is safe).
[[nodiscard]] grpc::ChannelArguments ChannelSettings();

/// A channel to "host:port", connecting when first used.
[[nodiscard]] std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address);

/// OK once the channel is connected; UNAVAILABLE naming `address` when it is not within `timeout`. Blocks.
[[nodiscard]] absl::Status WaitUntilConnected(grpc::Channel& channel, const std::string& address,
                                              std::chrono::milliseconds timeout);

/// Gives a call its deadline and says who makes it. A service calls as {"hotline/intake", Role::kSystem}.
void Prepare(grpc::ClientContext& context, const Actor& actor, std::chrono::steady_clock::time_point deadline);

}  // namespace hotline::platform
