#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "platform/security/actor.h"
#include "platform/store/store.h"

namespace hotline::platform {

class Clock;
class Metrics;
class Notifier;
class OpenStreams;
class WorkerPool;
struct Resources;

/// What every gRPC handler of a service needs to run its methods: RpcResourcesOf(resources). Owned by the module;
/// outlives the server's calls.
struct RpcResources {
  Store& store;
  WorkerPool& workers;
  Clock& clock;
  Metrics& metrics;
  bool development_actor = false;  ///< Loopback callers without credentials act as "development".
  Notifier* notifier = nullptr;    ///< Needed by RunFeed() only.
  OpenStreams* streams = nullptr;  ///< Null: streams are not counted (tests).
};

/// The part of a process's resources that handlers use.
[[nodiscard]] RpcResources RpcResourcesOf(const Resources& resources);

/// Runs a mutating method (design.md §5.1): finds the actor, checks its role, remembers `request_id` (a string field
/// every mutating request has, 1 to 64 printable characters), runs `work` in one transaction and answers after the
/// commit.
///
/// `work` reads *request and fills *response; the same request_id again gets the first response, another payload under
/// it ALREADY_EXISTS. Checks that need no database belong in `validate` (may be null): it runs first, off the store's
/// thread. A full queue answers RESOURCE_EXHAUSTED with a retry hint. A caller who has gone, or whose deadline has
/// passed, before `work` began costs none.
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

/// The same, after refusing texts that nothing can keep (texts.h), by name. RunCommand() does so by itself.
[[nodiscard]] grpc::ServerUnaryReactor* RunQuery(grpc::CallbackServerContext* context, const RpcResources& rpc,
                                                 const google::protobuf::Message* request,
                                                 std::initializer_list<Role> allowed,
                                                 std::function<absl::Status(const Actor&)> handle);

/// One mutating step: what RunCommand() does after the checks, for streams whose every message is a command
/// (Converse). `method` is the name the request ids are remembered under: a unary twin that shares them has the same.
/// `gone` (may be null) is asked just before `work`: true costs no work. `done` runs on a thread of the store, after
/// the commit; request and response must live until then. Does not block.
void SubmitCommand(const RpcResources& rpc, const Actor& actor, std::string method,
                   const google::protobuf::Message* request, google::protobuf::Message* response,
                   std::chrono::steady_clock::time_point deadline, std::function<bool()> gone,
                   std::function<absl::Status(Transaction&, const Actor&)> work,
                   std::function<void(absl::Status)> done);

/// The actor of a call: metadata `hotline-actor` (id) and `hotline-role`; without them the development actor where it
/// is allowed and the peer is loopback; else UNAUTHENTICATED.
[[nodiscard]] absl::StatusOr<Actor> ActorOf(const grpc::CallbackServerContext& context, const RpcResources& rpc);

/// ActorOf() with one of `allowed` roles, or PERMISSION_DENIED.
[[nodiscard]] absl::StatusOr<Actor> AuthorizedActor(const grpc::CallbackServerContext& context, const RpcResources& rpc,
                                                    std::initializer_list<Role> allowed);

/// The call's deadline, clamped to at most 30 s from now. Derive SQL and outgoing deadlines from it.
[[nodiscard]] std::chrono::steady_clock::time_point DeadlineOf(const grpc::CallbackServerContext& context);

/// What ties a call's log lines to its client: metadata `hotline-request-id`, or a new ULID; sent back in the initial
/// metadata. Call it once, before the reactor starts anything.
[[nodiscard]] std::string CorrelationOf(grpc::CallbackServerContext& context);

/// All roles, for methods open to everyone.
inline constexpr std::initializer_list<Role> kEveryone = {Role::kAgent,    Role::kSupervisor, Role::kKnowledge,
                                                          Role::kFollowUp, Role::kDirector,   Role::kSystem};

}  // namespace hotline::platform
