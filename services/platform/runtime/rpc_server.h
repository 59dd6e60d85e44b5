#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <grpcpp/channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

namespace hotline::platform {

class Metrics;

/// The gRPC server of a process: its services, health checking (each service and ""), reflection, limits and the
/// call observer. NOT_SERVING until SetServing(true).
class RpcServer final {
 public:
  /// `add_services` registers them. INVALID_ARGUMENT: `listen` is not host:port; UNAVAILABLE: it cannot be bound.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(
      const std::string& listen, Metrics& metrics, const std::function<void(grpc::ServerBuilder&)>& add_services);

  /// Where clients reach it: the port really taken, and loopback where it listens on every interface.
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] std::shared_ptr<grpc::Channel> InProcessChannel();
  void SetServing(bool serving);
  /// Takes no new call, waits for those in hand, and cancels what is left after `grace`. Idempotent.
  void Shutdown(std::chrono::milliseconds grace);

 private:
  RpcServer() = default;

  std::string address_;
  std::vector<std::string> services_;  // Full names, as health checks ask for them.
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace hotline::platform
