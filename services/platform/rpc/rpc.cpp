#include "platform/rpc/rpc.h"

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <absl/strings/match.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/sha.h>

#include "platform/concurrency/deadline.h"
#include "platform/concurrency/worker_pool.h"
#include "platform/config/config.h"
#include "platform/ids.h"
#include "platform/rpc/limits.h"
#include "platform/rpc/status.h"
#include "platform/rpc/texts.h"
#include "platform/runtime/module.h"
#include "platform/store/request_memory.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

using google::protobuf::Message;
using std::chrono::steady_clock;

constexpr std::size_t kMaxIdLength = 64;

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdLength &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

std::string Metadata(const grpc::CallbackServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  return found == context.client_metadata().end() ? "" : std::string{found->second.data(), found->second.size()};
}

/// The in-process transport is the only one that names no peer: gRPC then says "unknown", which no client can make it
/// say.
bool IsLoopback(const std::string& peer) {
  const auto starts = [&](const char* prefix) { return absl::StartsWith(peer, prefix); };
  return starts("ipv4:127.") || starts("ipv6:[::1]") || starts("ipv6:%5B::1%5D") || starts("unix:") ||
         peer == "unknown";
}

std::optional<Role> RoleNamed(std::string_view name) {
  for (const Role role : kEveryone) {
    if (Name(role) == name) return role;
  }
  return std::nullopt;
}

absl::Status Overloaded() {
  return RetryAfter(WithReason(absl::ResourceExhaustedError("too many calls waiting"), "WORKER_QUEUE_FULL"),
                    kOverloadRetryDelay);
}

absl::Status CallerIsGone() { return absl::CancelledError("caller is gone"); }

/// Every refusal for want of room tells when to come again, whoever it came from.
absl::Status WithRetryHint(absl::Status status) {
  if (!absl::IsResourceExhausted(status) || RetryDelayOf(status)) return status;
  return RetryAfter(std::move(status), kOverloadRetryDelay);
}

absl::StatusOr<std::string> RequestIdOf(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr || field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING ||
      field->is_repeated()) {
    return absl::InternalError(request.GetTypeName() + " is a command without a request_id");
  }
  std::string id = request.GetReflection()->GetString(request, field);
  if (id.empty()) return BadField("request_id", "is required");
  if (!IsId(id)) return BadField("request_id", "must be 1 to 64 printable ASCII characters");
  return id;
}

/// The same for equal messages of one binary, maps included.
std::string PayloadHash(const Message& request) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream{&bytes};
    google::protobuf::io::CodedOutputStream coded{&stream};
    coded.SetSerializationDeterministic(true);
    request.SerializeToCodedStream(&coded);
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += kHex[byte >> 4];
    hex += kHex[byte & 15];
  }
  return hex;
}

/// "hotline.intake.v1.OpenCall" of its request message: request and method names match one to one (buf lint STANDARD).
std::string MethodOf(const Message& request) {
  std::string name = request.GetTypeName();
  if (absl::EndsWith(name, "Request")) name.resize(name.size() - std::string_view{"Request"}.size());
  return name;
}

/// Runs `work` unless this request has been answered; fills *response either way.
absl::Status ApplyOnce(Transaction& transaction, const RequestKey& key, Time now, Message& response,
                       const std::function<absl::Status()>& work) {
  bool worked = false;
  response.Clear();  // A store may run a transaction again after a lost race.
  const absl::StatusOr<std::string> answer = AnswerOnce(transaction, key, now, [&]() -> absl::StatusOr<std::string> {
    worked = true;
    if (absl::Status status = work(); !status.ok()) return status;
    return response.SerializeAsString();
  });
  if (!answer.ok()) return answer.status();
  return worked || response.ParseFromString(*answer) ? absl::OkStatus()
                                                     : absl::DataLossError("a remembered answer is damaged");
}

/// One unary call from the moment its handler was called until Finish(). Shared by the closures that carry it on.
class UnaryCall {
 public:
  UnaryCall(grpc::CallbackServerContext* context, const RpcResources& resources)
      : rpc{resources},
        deadline{DeadlineOf(*context)},
        context_{context},
        reactor_{context->DefaultReactor()},
        correlation_{CorrelationOf(*context)} {}

  [[nodiscard]] grpc::ServerUnaryReactor* reactor() const { return reactor_; }
  [[nodiscard]] bool gone() const { return context_->IsCancelled(); }

  /// Ends the call: context, request and response belong to gRPC again.
  void Finish(const absl::Status& status) { reactor_->Finish(ToGrpcStatus(WithRetryHint(status), correlation_)); }

  /// Runs `step` on the workers; an exception or a status that is not OK ends the call.
  static void OnWorkers(const std::shared_ptr<UnaryCall>& call, std::function<void()> step) {
    const bool accepted = call->rpc.workers.TrySubmit([call, step = std::move(step)] {
      if (call->gone()) return call->Finish(CallerIsGone());
      if (steady_clock::now() >= call->deadline) return call->Finish(absl::DeadlineExceededError("waited too long"));
      const DeadlineScope scope{call->deadline};  // What it reads ends by then.
      try {
        step();
      } catch (const std::exception& e) {  // The last frame of ours: an escape would end the process.
        call->Finish(absl::InternalError(e.what()));
      }
    });
    if (!accepted) call->Finish(Overloaded());
  }

  const RpcResources rpc;
  const steady_clock::time_point deadline;

 private:
  grpc::CallbackServerContext* const context_;
  grpc::ServerUnaryReactor* const reactor_;
  const std::string correlation_;
};

}  // namespace

RpcResources RpcResourcesOf(const Resources& resources) {
  return {.store = resources.store,
          .workers = resources.workers,
          .clock = resources.clock,
          .metrics = resources.metrics,
          .development_actor = resources.config.Boolean("development_actor"),
          .notifier = &resources.notifier,
          .streams = resources.streams};
}

void SubmitCommand(const RpcResources& rpc, const Actor& actor, std::string method, const Message* request,
                   Message* response, steady_clock::time_point deadline, std::function<bool()> gone,
                   std::function<absl::Status(Transaction&, const Actor&)> work,
                   std::function<void(absl::Status)> done) {
  absl::StatusOr<std::string> request_id = RequestIdOf(*request);
  if (!request_id.ok()) return done(request_id.status());
  RequestKey key{.actor = actor.id,
                 .method = std::move(method),
                 .request_id = *std::move(request_id),
                 .payload_sha256 = PayloadHash(*request)};
  rpc.store.Submit(
      [key = std::move(key), &clock = rpc.clock, actor, response, gone = std::move(gone),
       work = std::move(work)](Transaction& transaction) {
        if (gone && gone()) return CallerIsGone();
        return ApplyOnce(transaction, key, clock.Now(), *response, [&] { return work(transaction, actor); });
      },
      deadline, std::move(done));
}

grpc::ServerUnaryReactor* RunCommand(grpc::CallbackServerContext* context, const RpcResources& rpc,
                                     const Message* request, Message* response, std::initializer_list<Role> allowed,
                                     std::function<absl::Status()> validate,
                                     std::function<absl::Status(Transaction&, const Actor&)> work) {
  const auto call = std::make_shared<UnaryCall>(context, rpc);
  absl::StatusOr<Actor> actor = AuthorizedActor(*context, rpc, allowed);
  if (!actor.ok()) {
    call->Finish(actor.status());
    return call->reactor();
  }
  UnaryCall::OnWorkers(call, [call, request, response, actor = *std::move(actor), validate = std::move(validate),
                              work = std::move(work)] {
    if (const auto id = RequestIdOf(*request); !id.ok()) return call->Finish(id.status());
    if (const absl::Status texts = CheckTexts(*request); !texts.ok()) return call->Finish(texts);
    if (validate) {
      if (const absl::Status valid = validate(); !valid.ok()) return call->Finish(valid);
    }
    SubmitCommand(
        call->rpc, actor, MethodOf(*request), request, response, call->deadline, [call] { return call->gone(); }, work,
        [call](const absl::Status& status) { call->Finish(status); });
  });
  return call->reactor();
}

grpc::ServerUnaryReactor* RunQuery(grpc::CallbackServerContext* context, const RpcResources& rpc,
                                   const Message* request, std::initializer_list<Role> allowed,
                                   std::function<absl::Status(const Actor&)> handle) {
  return RunQuery(context, rpc, allowed, [request, handle = std::move(handle)](const Actor& actor) {
    const absl::Status texts = CheckTexts(*request);
    return texts.ok() ? handle(actor) : texts;
  });
}

grpc::ServerUnaryReactor* RunQuery(grpc::CallbackServerContext* context, const RpcResources& rpc,
                                   std::initializer_list<Role> allowed,
                                   std::function<absl::Status(const Actor&)> handle) {
  const auto call = std::make_shared<UnaryCall>(context, rpc);
  absl::StatusOr<Actor> actor = AuthorizedActor(*context, rpc, allowed);
  if (!actor.ok()) {
    call->Finish(actor.status());
    return call->reactor();
  }
  UnaryCall::OnWorkers(call,
                       [call, actor = *std::move(actor), handle = std::move(handle)] { call->Finish(handle(actor)); });
  return call->reactor();
}

absl::StatusOr<Actor> ActorOf(const grpc::CallbackServerContext& context, const RpcResources& rpc) {
  const std::string id = Metadata(context, kActorMetadata);
  const std::string role_name = Metadata(context, kRoleMetadata);
  if (id.empty() && role_name.empty()) {
    if (rpc.development_actor && IsLoopback(context.peer())) return Actor{.id = "development", .development = true};
    return WithReason(absl::UnauthenticatedError("metadata hotline-actor and hotline-role are required"), "NO_ACTOR");
  }
  if (!IsId(id)) {
    return WithReason(absl::UnauthenticatedError("metadata hotline-actor must be 1 to 64 printable characters"),
                      "BAD_ACTOR");
  }
  const std::optional<Role> role = RoleNamed(role_name);
  if (!role) {
    return WithReason(absl::UnauthenticatedError("metadata hotline-role names no role: agent, supervisor, knowledge, "
                                                 "follow-up, director or system"),
                      "BAD_ROLE");
  }
  return Actor{.id = id, .role = *role};
}

absl::StatusOr<Actor> AuthorizedActor(const grpc::CallbackServerContext& context, const RpcResources& rpc,
                                      std::initializer_list<Role> allowed) {
  absl::StatusOr<Actor> actor = ActorOf(context, rpc);
  if (!actor.ok()) return actor;
  if (absl::Status role = RequireRole(*actor, allowed); !role.ok()) return role;
  return actor;
}

steady_clock::time_point DeadlineOf(const grpc::CallbackServerContext& context) {
  // Through the time left, for gRPC counts in system time; compared before subtracting, for "none" is its maximum.
  const auto system_now = std::chrono::system_clock::now();
  const auto steady_now = steady_clock::now();
  const auto deadline = context.deadline();
  if (deadline >= system_now + kMaxCallTime) return steady_now + kMaxCallTime;
  return steady_now + std::chrono::duration_cast<steady_clock::duration>(deadline - system_now);
}

std::string CorrelationOf(grpc::CallbackServerContext& context) {
  std::string id = Metadata(context, kRequestIdMetadata);
  if (!IsId(id)) id = NewUlid(WallClock{}.Now());
  context.AddInitialMetadata(kRequestIdMetadata, id);
  return id;
}

}  // namespace hotline::platform
