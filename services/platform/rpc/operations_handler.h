#pragma once

#include <hotline/operations/v1/operations_service.grpc.pb.h>

#include <functional>
#include <string>
#include <vector>

#include "platform/rpc/rpc.h"

namespace hotline::platform {

/// OperationsService on the wire: what a process's services could not apply, and what people decide about it.
/// Registered by the process, once for all of its services. Thread-safe.
class OperationsHandler final : public operations::v1::OperationsService::CallbackService {
 public:
  /// A service of this process.
  struct Service {
    std::string name;
    RpcResources rpc;
  };

  /// At least one. What they refer to must outlive the server this handler is registered with.
  explicit OperationsHandler(std::vector<Service> services) : services_{std::move(services)} {}

  grpc::ServerUnaryReactor* ListDeadLetters(grpc::CallbackServerContext* context,
                                            const operations::v1::ListDeadLettersRequest* request,
                                            operations::v1::ListDeadLettersResponse* response) override;
  grpc::ServerUnaryReactor* RedriveDeadLetter(grpc::CallbackServerContext* context,
                                              const operations::v1::RedriveDeadLetterRequest* request,
                                              operations::v1::RedriveDeadLetterResponse* response) override;
  grpc::ServerUnaryReactor* SkipDeadLetter(grpc::CallbackServerContext* context,
                                           const operations::v1::SkipDeadLetterRequest* request,
                                           operations::v1::SkipDeadLetterResponse* response) override;

 private:
  /// Null: it is not in this process.
  [[nodiscard]] const Service* Find(const std::string& name) const;
  [[nodiscard]] absl::Status NotHere(const std::string& name) const;
  template <typename Request>
  [[nodiscard]] absl::Status Check(const Request& request) const;
  /// Of the named service; of any where there is none, for Check() refuses the call.
  [[nodiscard]] const RpcResources& RpcOf(const std::string& name) const;

  const std::vector<Service> services_;
};

}  // namespace hotline::platform
