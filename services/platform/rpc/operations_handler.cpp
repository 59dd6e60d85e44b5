#include "platform/rpc/operations_handler.h"

#include <utility>

#include "contracts/timestamp.h"
#include "platform/bus/dead_letters.h"
#include "platform/rpc/status.h"
#include "platform/telemetry/log.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

namespace v1 = operations::v1;

constexpr std::initializer_list<Role> kOperators = {Role::kSupervisor, Role::kSystem};
constexpr std::int64_t kUsualPage = 100;
constexpr std::int64_t kLargestPage = 1'000;
constexpr std::size_t kLongestName = 64;
constexpr char kTooLong[] = "must be at most 64 letters";

v1::DeadLetter ToMessage(const std::string& service, const DeadLetter& letter) {
  v1::DeadLetter message;
  message.set_service(service);
  message.set_id(letter.id);
  message.set_consumer_group(letter.group);
  message.set_topic(letter.topic);
  message.set_source(letter.source);
  message.set_key(letter.key);
  message.set_sequence(static_cast<std::int64_t>(letter.sequence));
  message.set_event_id(letter.event_id);
  message.set_event_type(letter.type);
  message.set_reason(letter.reason);
  *message.mutable_parked_at() = contracts::ToTimestamp(letter.parked_at);
  message.set_queued_behind(letter.queued_behind);
  return message;
}

/// One line a decision, after its commit.
void LogDecision(Transaction& tx, std::string_view event, const std::string& service, std::int64_t id,
                 const Actor& actor) {
  tx.OnCommit([event = std::string{event}, service, id, actor = actor.id] {
    Log(LogLevel::kInfo, event, {{"service", service}, {"id", id}, {"actor", actor}});
  });
}

}  // namespace

const OperationsHandler::Service* OperationsHandler::Find(const std::string& name) const {
  for (const Service& service : services_) {
    if (service.name == name) return &service;
  }
  return nullptr;
}

absl::Status OperationsHandler::NotHere(const std::string& name) const {
  std::string here;
  for (const Service& service : services_) here += (here.empty() ? "" : ", ") + service.name;
  return WithReason(absl::NotFoundError("this process does not run " + name + "; it runs " + here), "NOT_HERE");
}

const RpcResources& OperationsHandler::RpcOf(const std::string& name) const {
  const Service* const service = Find(name);
  return service == nullptr ? services_.front().rpc : service->rpc;
}

template <typename Request>
absl::Status OperationsHandler::Check(const Request& request) const {
  FieldErrors errors;
  errors.Require(!request.service().empty(), "service", "is required");
  errors.Require(request.service().size() <= kLongestName, "service", kTooLong);
  errors.Require(request.id() > 0, "id", "must be the number of a dead letter");
  if (!errors.empty()) return errors.status();
  return Find(request.service()) == nullptr ? NotHere(request.service()) : absl::OkStatus();
}

grpc::ServerUnaryReactor* OperationsHandler::ListDeadLetters(grpc::CallbackServerContext* context,
                                                             const v1::ListDeadLettersRequest* request,
                                                             v1::ListDeadLettersResponse* response) {
  return RunQuery(
      context, services_.front().rpc, request, kOperators, [this, request, response](const Actor&) -> absl::Status {
        if (request->page_size() < 0 || request->page_size() > kLargestPage) {
          return BadField("page_size", "must be 0 to 1000");
        }
        if (request->service().size() > kLongestName) return BadField("service", kTooLong);
        if (!request->service().empty() && Find(request->service()) == nullptr) return NotHere(request->service());
        const std::int64_t limit = request->page_size() == 0 ? kUsualPage : request->page_size();
        for (const Service& service : services_) {
          response->add_services(service.name);
          if (!request->service().empty() && request->service() != service.name) continue;
          absl::StatusOr<std::vector<DeadLetter>> letters = platform::ListDeadLetters(service.rpc.store, limit + 1);
          if (!letters.ok()) return letters.status();
          if (static_cast<std::int64_t>(letters->size()) > limit) {
            response->set_more(true);
            letters->pop_back();
          }
          for (const DeadLetter& letter : *letters) *response->add_dead_letters() = ToMessage(service.name, letter);
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* OperationsHandler::RedriveDeadLetter(grpc::CallbackServerContext* context,
                                                               const v1::RedriveDeadLetterRequest* request,
                                                               v1::RedriveDeadLetterResponse* response) {
  return RunCommand(
      context, RpcOf(request->service()), request, response, kOperators, [this, request] { return Check(*request); },
      [request](Transaction& tx, const Actor& actor) -> absl::Status {
        if (absl::Status redriven = Redrive(tx, request->id(), actor.id); !redriven.ok()) return redriven;
        LogDecision(tx, "dead_letter.redriven", request->service(), request->id(), actor);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* OperationsHandler::SkipDeadLetter(grpc::CallbackServerContext* context,
                                                            const v1::SkipDeadLetterRequest* request,
                                                            v1::SkipDeadLetterResponse* response) {
  return RunCommand(
      context, RpcOf(request->service()), request, response, kOperators, [this, request] { return Check(*request); },
      [this, request](Transaction& tx, const Actor& actor) -> absl::Status {
        const Time now = RpcOf(request->service()).clock.Now();
        if (absl::Status skipped = Skip(tx, request->id(), actor.id, now); !skipped.ok()) return skipped;
        LogDecision(tx, "dead_letter.skipped", request->service(), request->id(), actor);
        return absl::OkStatus();
      });
}

}  // namespace hotline::platform
