#include "hotline/cli/identity.h"

#include <utility>
#include <vector>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/client_interceptor.h>

#include "platform/rpc/limits.h"

namespace hotline::cli {
namespace {

using grpc::experimental::ClientInterceptorFactoryInterface;
using grpc::experimental::ClientRpcInfo;
using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;

/// Says who calls, whatever the method: commands need not remember to.
class Introduction : public Interceptor {
 public:
  explicit Introduction(Identity identity) : identity_{std::move(identity)} {}

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->emplace(platform::kActorMetadata, identity_.actor);
      methods->GetSendInitialMetadata()->emplace(platform::kRoleMetadata, identity_.role);
    }
    methods->Proceed();
  }

 private:
  const Identity identity_;  // The call may outlive the channel.
};

class IntroductionFactory : public ClientInterceptorFactoryInterface {
 public:
  explicit IntroductionFactory(Identity identity) : identity_{std::move(identity)} {}
  Interceptor* CreateClientInterceptor(ClientRpcInfo* /*info*/) override { return new Introduction{identity_}; }

 private:
  const Identity identity_;
};

}  // namespace

std::shared_ptr<grpc::Channel> ChannelAs(const Identity& identity, const std::string& address,
                                         const grpc::ChannelArguments& arguments) {
  std::vector<std::unique_ptr<ClientInterceptorFactoryInterface>> interceptors;
  if (!identity.actor.empty()) interceptors.push_back(std::make_unique<IntroductionFactory>(identity));
  return grpc::experimental::CreateCustomChannelWithInterceptors(address, grpc::InsecureChannelCredentials(), arguments,
                                                                 std::move(interceptors));
}

}  // namespace hotline::cli
