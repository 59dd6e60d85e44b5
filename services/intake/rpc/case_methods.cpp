// What people do with one case.
#include <memory>
#include <utility>

#include "intake/adapters/case_messages.h"
#include "intake/rpc/intake_handler.h"
#include "intake/rpc/requests.h"
#include "platform/rpc/status.h"
#include "platform/time.h"

namespace hotline::intake {
namespace {

using platform::Actor;
using platform::Role;

constexpr std::initializer_list<Role> kDesk = {Role::kAgent, Role::kSupervisor, Role::kFollowUp, Role::kSystem};
constexpr std::initializer_list<Role> kHandlers = {Role::kAgent, Role::kSupervisor, Role::kSystem};
constexpr std::initializer_list<Role> kCallers = {Role::kAgent, Role::kSupervisor, Role::kFollowUp};
constexpr std::initializer_list<Role> kImporters = {Role::kSupervisor, Role::kSystem};

template <typename Response>
absl::Status Answer(const absl::StatusOr<Case>& filed, Response& response) {
  if (filed.ok()) ToMessage(*filed, *response.mutable_case_());
  return filed.status();
}

void ToMessage(const RevealedContact& from, v1::RevealContactResponse& to) {
  v1::Contact& contact = *to.mutable_contact();
  contact.set_phone(from.contact.phone);
  contact.set_name(from.contact.name);
  contact.set_identity_number(from.contact.identity_number);
  contact.set_address(from.contact.address);
  for (const PrivateMention& mention : from.mentions) {
    v1::PrivateMention& words = *to.add_mentions();
    words.set_kind(mention.kind);
    words.set_words(mention.words);
    words.set_turn(mention.turn);
  }
}

}  // namespace

grpc::ServerUnaryReactor* IntakeHandler::ImportCases(grpc::CallbackServerContext* context,
                                                     const v1::ImportCasesRequest* request,
                                                     v1::ImportCasesResponse* response) {
  const auto cases = std::make_shared<std::vector<ImportedCase>>();
  return platform::RunCommand(
      context, rpc_, request, response, kImporters,
      [this, request, cases] { return Read(*request, intake_.sites, *cases); },
      [this, response, cases](Transaction& tx, const Actor& actor) -> absl::Status {
        int imported = 0;
        for (const ImportedCase& one : *cases) {
          const absl::StatusOr<bool> is_new = cases_.Import(tx, one, actor, rpc_.clock.Now());
          if (!is_new.ok()) return is_new.status();
          if (*is_new) ++imported;
        }
        response->set_imported(imported);
        response->set_unchanged(static_cast<int>(cases->size()) - imported);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* IntakeHandler::SupplementCase(grpc::CallbackServerContext* context,
                                                        const v1::SupplementCaseRequest* request,
                                                        v1::SupplementCaseResponse* response) {
  const auto command = std::make_shared<SupplementCommand>();
  return platform::RunCommand(
      context, rpc_, request, response, kDesk, [request, command] { return Read(*request, *command); },
      [this, response, command](Transaction& tx, const Actor& actor) {
        return Answer(cases_.Supplement(tx, command->ref, command->text, actor, rpc_.clock.Now()), *response);
      });
}

grpc::ServerUnaryReactor* IntakeHandler::UrgeCase(grpc::CallbackServerContext* context,
                                                  const v1::UrgeCaseRequest* request, v1::UrgeCaseResponse* response) {
  return platform::RunCommand(
      context, rpc_, request, response, kDesk, [request] { return Check(*request); },
      [this, request, response](Transaction& tx, const Actor& actor) {
        return Answer(cases_.Urge(tx, request->case_no(), request->text(), actor, rpc_.clock.Now()), *response);
      });
}

grpc::ServerUnaryReactor* IntakeHandler::CorrectCase(grpc::CallbackServerContext* context,
                                                     const v1::CorrectCaseRequest* request,
                                                     v1::CorrectCaseResponse* response) {
  const auto command = std::make_shared<CorrectCommand>();
  return platform::RunCommand(
      context, rpc_, request, response, kHandlers, [request, command] { return Read(*request, *command); },
      [this, response, command](Transaction& tx, const Actor& actor) {
        return Answer(cases_.Correct(tx, command->ref, command->correction, actor, rpc_.clock.Now()), *response);
      });
}

grpc::ServerUnaryReactor* IntakeHandler::TransitionCase(grpc::CallbackServerContext* context,
                                                        const v1::TransitionCaseRequest* request,
                                                        v1::TransitionCaseResponse* response) {
  const auto transition = std::make_shared<TransitionRequest>();
  return platform::RunCommand(
      context, rpc_, request, response, kHandlers, [request, transition] { return Read(*request, *transition); },
      [this, response, transition](Transaction& tx, const Actor& actor) {
        return Answer(cases_.Transition(tx, transition->ref, transition->command, actor, rpc_.clock.Now()), *response);
      });
}

// Not a RunCommand(): that remembers its answers, and this one must not be kept anywhere. The record of the reveal
// knows a repeated request instead.
grpc::ServerUnaryReactor* IntakeHandler::RevealContact(grpc::CallbackServerContext* context,
                                                       const v1::RevealContactRequest* request,
                                                       v1::RevealContactResponse* response) {
  return platform::RunQuery(context, rpc_, kCallers, [this, request, response](const Actor& actor) -> absl::Status {
    if (absl::Status valid = Check(*request); !valid.ok()) return valid;
    absl::StatusOr<RevealedContact> revealed;
    absl::Status committed = rpc_.store.InTransaction([&](Transaction& tx) {
      revealed = cases_.RevealContact(tx, {.case_no = request->case_no(),
                                           .purpose = request->purpose(),
                                           .actor = actor.id,
                                           .request_id = request->request_id(),
                                           .at = rpc_.clock.Now()});
      return revealed.status();
    });
    if (!committed.ok()) return committed;
    ToMessage(*revealed, *response);
    return absl::OkStatus();
  });
}

}  // namespace hotline::intake
