#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <string>

#include <absl/status/status.h>
#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "platform/security/actor.h"
#include "platform/store/store.h"

namespace hotline::platform {

class Clock;
class Metrics;
class WorkerPool;

/// What every gRPC handler of a service needs to run its methods. Owned by the module; outlives the server's calls.
struct RpcResources {
  Store& store;
  WorkerPool& workers;
  Clock& clock;
  Metrics& metrics;
  bool development_actor = false;  ///< Loopback callers without credentials act as "development".
};

/// Runs a mutating method (design.md §5.1): finds the actor, checks its role, remembers `request_id` (a string field
/// every mutating request has), runs `work` in one transaction and answers after the commit.
///
/// `work` reads *request and fills *response; the same request_id again gets the first response, another payload under
/// it ALREADY_EXISTS. Checks that need no database belong in `validate` (may be null): it runs first, off the store's
/// thread. A full queue answers RESOURCE_EXHAUSTED with a retry hint.
[[nodiscard]] grpc::ServerUnaryReactor* RunCommand(grpc::CallbackServerContext* context, const RpcResources& rpc,
                                                   const google::protobuf::Message* request,
                                                   google::protobuf::Message* response,
                                                   std::initializer_list<Role> allowed,
                                                   std::function<absl::Status()> validate,
                                                   std::function<absl::Status(Transaction&, const Actor&)> work);

/// Runs a method that only reads, on the workers. `handle` may block (Store::Read, search index, models).
[[nodiscard]] grpc::ServerUnaryReactor* RunQuery(grpc::CallbackServerContext* context, const RpcResources& rpc,
                                                 std::initializer_list<Role> allowed,
                                                 std::function<absl::Status(const Actor&)> handle);

/// The actor of a call: metadata `hotline-actor` (id) and `hotline-role`; without them the development actor where it
/// is allowed and the peer is loopback; else UNAUTHENTICATED.
[[nodiscard]] absl::StatusOr<Actor> ActorOf(const grpc::CallbackServerContext& context, const RpcResources& rpc);

/// The call's deadline, clamped to at most 30 s from now. Derive SQL and outgoing deadlines from it.
[[nodiscard]] std::chrono::steady_clock::time_point DeadlineOf(const grpc::CallbackServerContext& context);

/// All roles, for methods open to everyone.
inline constexpr std::initializer_list<Role> kEveryone = {Role::kAgent,    Role::kSupervisor, Role::kKnowledge,
                                                          Role::kFollowUp, Role::kDirector,   Role::kSystem};

}  // namespace hotline::platform
