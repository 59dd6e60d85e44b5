#pragma once

#include <memory>

#include <grpcpp/support/server_interceptor.h>

namespace hotline::platform {

class Metrics;

/// Sees every call of a server, of whatever kind: counts it (hotline_rpc_calls_total by method and code), times it
/// (hotline_rpc_seconds by method) and logs one line at debug with the request id and the actor. `metrics` must
/// outlive the server.
[[nodiscard]] std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeCallObserver(Metrics& metrics);

}  // namespace hotline::platform
