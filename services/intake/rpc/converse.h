#pragma once

#include <initializer_list>

#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include "intake/app/call_desk.h"
#include "platform/rpc/rpc.h"

namespace hotline::intake {

using ConverseReactor = grpc::ServerBidiReactor<v1::ConverseRequest, v1::ConverseResponse>;

/// The stream of one call's turns: every turn is acknowledged once it is durable, in order. What comes faster than the
/// store commits is committed together, and reading stops while too much waits. The first answer says how far the call
/// has come. Ends with the client's half-close, with the first turn that cannot be taken (those before it are
/// acknowledged), after ten idle minutes, or when the process stops. Deletes itself; everything must outlive the
/// server.
[[nodiscard]] ConverseReactor* StartConverse(grpc::CallbackServerContext* context, const platform::RpcResources& rpc,
                                             const Intake& intake, const CallDesk& desk,
                                             std::initializer_list<platform::Role> allowed);

}  // namespace hotline::intake
