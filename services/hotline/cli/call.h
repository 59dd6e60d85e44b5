#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <absl/status/status.h>
#include <grpcpp/client_context.h>

#include "platform/rpc/status.h"

namespace hotline::cli {

/// How long one unary call of a command may take, batches of a thousand texts included.
inline constexpr std::chrono::seconds kCallPatience{60};

/// Runs one unary method with a deadline: `Call([&](auto* context) { return stub->GetCase(context, request, &response);
/// })`.
template <typename Method>
absl::Status Call(Method method) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallPatience);
  return platform::FromGrpcStatus(method(&context));
}

/// A request_id of its own for every run of a command.
[[nodiscard]] std::string FreshRequestId();

/// The same words give the same request_id, so that a repeated command is a repeated request.
[[nodiscard]] std::string RequestIdOf(std::string_view words);

}  // namespace hotline::cli
