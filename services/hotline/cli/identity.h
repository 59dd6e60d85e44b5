#pragma once

#include <memory>
#include <string>

#include <grpcpp/channel.h>
#include <grpcpp/support/channel_arguments.h>

namespace hotline::cli {

/// Who a command acts as: the metadata `hotline-actor` and `hotline-role` of every call it makes. Empty: it says
/// nothing, and a server of this machine takes it for its development actor.
struct Identity {
  std::string actor;
  std::string role;  ///< As Name(Role) says it.
};

/// A channel to `address` that names `identity` in each of its calls.
[[nodiscard]] std::shared_ptr<grpc::Channel> ChannelAs(const Identity& identity, const std::string& address,
                                                       const grpc::ChannelArguments& arguments);

}  // namespace hotline::cli
