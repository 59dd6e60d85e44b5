#include "platform/runtime/rpc_server.h"

#include <utility>

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/impl/server_initializer.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>

#include "platform/rpc/call_observer.h"
#include "platform/rpc/client.h"
#include "platform/rpc/limits.h"

namespace hotline::platform {
namespace {

constexpr std::size_t kRpcMemoryBytes = std::size_t{512} * 1024 * 1024;  // Above it gRPC slows its readers down.

/// Learns the names of the registered services, which a server knows and does not tell.
class ServiceNames final : public grpc::ServerBuilderOption {
 public:
  explicit ServiceNames(std::vector<std::string>& names) : names_{names} {}
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->push_back(std::make_unique<Plugin>(names_));
  }

 private:
  class Plugin final : public grpc::ServerBuilderPlugin {
   public:
    explicit Plugin(std::vector<std::string>& names) : names_{names} {}
    std::string name() override { return "hotline_service_names"; }
    void InitServer(grpc::ServerInitializer*) override {}
    void Finish(grpc::ServerInitializer* server) override { names_ = *server->GetServiceList(); }
    void ChangeArguments(const std::string&, void*) override {}

   private:
    std::vector<std::string>& names_;
  };

  std::vector<std::string>& names_;
};

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.SetMaxSendMessageSize(kMaxMessageBytes);
  grpc::ResourceQuota quota{"hotline"};
  quota.Resize(kRpcMemoryBytes);
  builder.SetResourceQuota(quota);
  // Two servers that share a port by accident would each answer half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // A peer that vanished without a word is noticed, and a client may ping as often as ChannelSettings() does.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
}

std::string Reachable(const std::string& host, int port) {
  const bool everywhere = host == "0.0.0.0" || host == "[::]" || host == "*";
  return (everywhere ? "127.0.0.1" : host) + ":" + std::to_string(port);
}

}  // namespace

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::Start(
    const std::string& listen, Metrics& metrics, const std::function<void(grpc::ServerBuilder&)>& add_services) {
  const auto colon = listen.rfind(':');
  if (colon == std::string::npos || colon == 0) {
    return absl::InvalidArgumentError("listen: \"" + listen + "\" is not of the form host:port");
  }
  // Both are process-wide switches of gRPC; repeating them is harmless.
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();

  auto result = std::unique_ptr<RpcServer>{new RpcServer};
  grpc::ServerBuilder builder;
  SetLimits(builder);
  builder.SetOption(std::make_unique<ServiceNames>(result->services_));
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> observers;
  observers.push_back(MakeCallObserver(metrics));
  builder.experimental().SetInterceptorCreators(std::move(observers));
  add_services(builder);
  int port = 0;
  builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port);
  result->server_ = builder.BuildAndStart();
  if (result->server_ == nullptr || port == 0) {
    return absl::UnavailableError("cannot listen at " + listen + ": is the port taken?");
  }
  result->SetServing(false);
  result->address_ = Reachable(listen.substr(0, colon), port);
  return result;
}

std::shared_ptr<grpc::Channel> RpcServer::InProcessChannel() { return server_->InProcessChannel(ChannelSettings()); }

void RpcServer::SetServing(bool serving) {
  grpc::HealthCheckServiceInterface& health = *server_->GetHealthCheckService();
  health.SetServingStatus("", serving);
  for (const std::string& service : services_) health.SetServingStatus(service, serving);
}

void RpcServer::Shutdown(std::chrono::milliseconds grace) {
  server_->Shutdown(std::chrono::system_clock::now() + grace);
}

}  // namespace hotline::platform
