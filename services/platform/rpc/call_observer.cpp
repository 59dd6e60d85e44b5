#include "platform/rpc/call_observer.h"

#include <chrono>
#include <map>
#include <string>

#include <absl/status/status.h>
#include <grpcpp/server_context.h>

#include "platform/rpc/limits.h"
#include "platform/telemetry/log.h"
#include "platform/telemetry/metrics.h"

namespace hotline::platform {
namespace {

using grpc::experimental::InterceptionHookPoints;

/// Lives as long as its call; gRPC calls it from one thread at a time.
class CallObserver final : public grpc::experimental::Interceptor {
 public:
  CallObserver(Metrics& metrics, grpc::experimental::ServerRpcInfo& call) : metrics_{metrics}, call_{call} {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* batch) override {
    if (batch->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      const auto& metadata = *batch->GetSendInitialMetadata();
      if (const auto id = metadata.find(kRequestIdMetadata); id != metadata.end()) request_id_ = id->second;
    }
    if (batch->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) Report(batch->GetSendStatus());
    batch->Proceed();
  }

 private:
  void Report(const grpc::Status& status) {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    const std::string code = absl::StatusCodeToString(static_cast<absl::StatusCode>(status.error_code()));
    metrics_.Add("hotline_rpc_calls_total", 1, {{"method", call_.method()}, {"code", code}});
    metrics_.Observe("hotline_rpc_seconds", seconds, {{"method", call_.method()}});
    Log(LogLevel::kDebug, "rpc.call",
        {{"method", std::string{call_.method()}},
         {"code", code},
         {"seconds", seconds},
         {"request_id", request_id_},
         {"actor", Actor()}});
  }

  std::string Actor() const {
    const auto& metadata = call_.server_context()->client_metadata();
    const auto actor = metadata.find(kActorMetadata);
    return actor == metadata.end() ? "" : std::string{actor->second.data(), actor->second.size()};
  }

  Metrics& metrics_;
  grpc::experimental::ServerRpcInfo& call_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::string request_id_;
};

class CallObserverFactory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit CallObserverFactory(Metrics& metrics) : metrics_{metrics} {}
  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* call) override {
    return new CallObserver{metrics_, *call};  // gRPC takes it.
  }

 private:
  Metrics& metrics_;
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeCallObserver(Metrics& metrics) {
  return std::make_unique<CallObserverFactory>(metrics);
}

}  // namespace hotline::platform
