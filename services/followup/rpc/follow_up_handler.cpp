#include "followup/rpc/follow_up_handler.h"

#include <absl/strings/str_cat.h>

#include "followup/adapters/messages.h"
#include "followup/domain/rates.h"
#include "followup/rpc/requests.h"
#include "platform/time.h"

namespace hotline::followup {
namespace {

using platform::Actor;
using platform::Role;
using platform::Session;
using platform::Transaction;

constexpr std::initializer_list<Role> kDesk = {Role::kFollowUp, Role::kSupervisor};
constexpr std::initializer_list<Role> kReaders = {Role::kFollowUp, Role::kSupervisor, Role::kDirector, Role::kSystem};

absl::Status Write(const absl::StatusOr<FollowUp>& from, v1::FollowUp& to) {
  if (from.ok()) to = ToMessage(*from);
  return from.status();
}

v1::Rates ToMessage(const std::string& group, const Rates& rates) {
  v1::Rates message;
  message.set_group(group);
  message.set_due(rates.due);
  message.set_contacted(rates.contacted);
  message.set_solved(rates.solved);
  message.set_solved_known(rates.solved_known);
  message.set_satisfied(rates.satisfied);
  message.set_rated(rates.rated);
  message.set_response_rate(rates.ResponseRate());
  message.set_solution_rate(rates.SolutionRate());
  message.set_satisfaction_rate(rates.SatisfactionRate());
  message.set_hotline_satisfied(rates.hotline_satisfied);
  message.set_hotline_rated(rates.hotline_rated);
  return message;
}

void Write(const RatesReport& report, v1::GetRatesResponse& response) {
  *response.mutable_total() = ToMessage("", report.total());
  for (const auto& [group, rates] : report.groups()) *response.add_groups() = ToMessage(group, rates);
  for (const Exclusion& from : report.exclusions()) {
    v1::Exclusion& exclusion = *response.add_exclusions();
    exclusion.set_case_no(from.case_no);
    exclusion.set_follow_up_id(from.follow_up_id);
    exclusion.set_reason(from.reason);
  }
}

}  // namespace

grpc::ServerUnaryReactor* FollowUpHandler::ListDueFollowUps(grpc::CallbackServerContext* context,
                                                            const v1::ListDueFollowUpsRequest* request,
                                                            v1::ListDueFollowUpsResponse* response) {
  return RunQuery(context, rpc_, request, kReaders, [this, request, response](const Actor&) -> absl::Status {
    const absl::StatusOr<DueQuery> query = DueQueryOf(*request, rpc_.clock.Now());
    if (!query.ok()) return query.status();
    return rpc_.store.Read([&](Session& session) {
      const DuePage page = table_.Due(session, *query);
      for (const FollowUp& follow_up : page.follow_ups) *response->add_follow_ups() = ToMessage(follow_up);
      if (page.more) response->set_next_page_token(PageTokenAfter(page.follow_ups.back()));
      response->set_total(page.total);
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* FollowUpHandler::GetFollowUp(grpc::CallbackServerContext* context,
                                                       const v1::GetFollowUpRequest* request,
                                                       v1::GetFollowUpResponse* response) {
  return RunQuery(context, rpc_, request, kReaders, [this, request, response](const Actor&) -> absl::Status {
    if (absl::Status checked = Check(*request); !checked.ok()) return checked;
    return rpc_.store.Read([&](Session& session) -> absl::Status {
      const std::optional<FollowUp> found = table_.Find(session, request->follow_up_id());
      if (!found) return absl::NotFoundError(absl::StrCat("there is no follow-up ", request->follow_up_id()));
      *response->mutable_follow_up() = ToMessage(*found);
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* FollowUpHandler::ListCaseFollowUps(grpc::CallbackServerContext* context,
                                                             const v1::ListCaseFollowUpsRequest* request,
                                                             v1::ListCaseFollowUpsResponse* response) {
  return RunQuery(context, rpc_, request, kReaders, [this, request, response](const Actor&) -> absl::Status {
    if (absl::Status checked = Check(*request); !checked.ok()) return checked;
    return rpc_.store.Read([&](Session& session) -> absl::Status {
      for (const FollowUp& follow_up : table_.OfCase(session, /*site=*/"", request->case_no())) {
        *response->add_follow_ups() = ToMessage(follow_up);
      }
      if (response->follow_ups().empty()) {
        return absl::NotFoundError(absl::StrCat("no follow-up of a case ", request->case_no(), " was ever planned"));
      }
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* FollowUpHandler::RecordOutcome(grpc::CallbackServerContext* context,
                                                         const v1::RecordOutcomeRequest* request,
                                                         v1::RecordOutcomeResponse* response) {
  return RunCommand(
      context, rpc_, request, response, kDesk, [request] { return OutcomeOf(*request).status(); },
      [this, request, response](Transaction& tx, const Actor& actor) {
        return Write(follow_ups_.Record(tx, request->follow_up_id(), request->expected_version(), *OutcomeOf(*request),
                                        {actor.id, rpc_.clock.Now()}),
                     *response->mutable_follow_up());
      });
}

grpc::ServerUnaryReactor* FollowUpHandler::ExcludeFollowUp(grpc::CallbackServerContext* context,
                                                           const v1::ExcludeFollowUpRequest* request,
                                                           v1::ExcludeFollowUpResponse* response) {
  return RunCommand(
      context, rpc_, request, response, kDesk, [request] { return Check(*request); },
      [this, request, response](Transaction& tx, const Actor& actor) {
        return Write(follow_ups_.Exclude(tx, request->follow_up_id(), request->expected_version(), request->reason(),
                                         {actor.id, rpc_.clock.Now()}),
                     *response->mutable_follow_up());
      });
}

grpc::ServerUnaryReactor* FollowUpHandler::GetRates(grpc::CallbackServerContext* context,
                                                    const v1::GetRatesRequest* request,
                                                    v1::GetRatesResponse* response) {
  return RunQuery(context, rpc_, request, kReaders, [this, request, response](const Actor&) -> absl::Status {
    const absl::StatusOr<RatesQuery> query = RatesQueryOf(*request, rpc_.clock.Now());
    if (!query.ok()) return query.status();
    return rpc_.store.Read([&](Session& session) {
      RatesReport report{query->group_by};
      table_.ForEach(session, query->count, [&](const FollowUp& follow_up) { report.Add(follow_up); });
      Write(report, *response);
      return absl::OkStatus();
    });
  });
}

}  // namespace hotline::followup
