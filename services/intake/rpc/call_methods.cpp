// Calls and messages.
#include <memory>
#include <utility>

#include "intake/adapters/case_messages.h"
#include "intake/rpc/call_feed_entry.h"
#include "intake/rpc/converse.h"
#include "intake/rpc/intake_handler.h"
#include "intake/rpc/requests.h"
#include "platform/rpc/feed_stream.h"
#include "platform/rpc/status.h"
#include "platform/time.h"

namespace hotline::intake {
namespace {

using platform::Actor;
using platform::Role;

constexpr std::initializer_list<Role> kDesk = {Role::kAgent, Role::kSupervisor, Role::kSystem};
constexpr std::initializer_list<Role> kBriefed = {Role::kAgent, Role::kSupervisor, Role::kFollowUp, Role::kSystem};
constexpr int kFeedPage = 100;

void ToMessage(const CallerBrief& from, v1::GetCallerBriefResponse& to) {
  to.set_caller_token(from.caller_token);
  for (const EarlierCase& earlier : from.cases) intake::ToMessage(earlier, *to.add_cases());
  to.mutable_warnings()->Assign(from.warnings.begin(), from.warnings.end());
  to.set_total_cases(from.total_cases);
}

}  // namespace

grpc::ServerUnaryReactor* IntakeHandler::GetCallerBrief(grpc::CallbackServerContext* context,
                                                        const v1::GetCallerBriefRequest* request,
                                                        v1::GetCallerBriefResponse* response) {
  return platform::RunQuery(context, rpc_, kBriefed, [this, request, response](const Actor&) -> absl::Status {
    BriefQuery query;
    if (absl::Status valid = Read(*request, intake_.sites, query); !valid.ok()) return valid;
    return rpc_.store.Read([&](Session& session) {
      ToMessage(calls_.Brief(session, query.site, query.contact, query.at.value_or(rpc_.clock.Now())), *response);
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* IntakeHandler::OpenCall(grpc::CallbackServerContext* context,
                                                  const v1::OpenCallRequest* request, v1::OpenCallResponse* response) {
  const auto command = std::make_shared<OpenCallCommand>();
  return platform::RunCommand(
      context, rpc_, request, response, kDesk,
      [this, request, command] { return Read(*request, intake_.sites, *command); },
      [this, response, command](Transaction& tx, const Actor&) {
        OpenedCall opened = calls_.Open(tx, *command, rpc_.clock.Now());
        response->set_call_id(opened.call_id);
        ToMessage(opened.brief, *response->mutable_brief());
        return absl::OkStatus();
      });
}

grpc::ServerBidiReactor<v1::ConverseRequest, v1::ConverseResponse>* IntakeHandler::Converse(
    grpc::CallbackServerContext* context) {
  return StartConverse(context, rpc_, intake_, calls_, kDesk);
}

grpc::ServerUnaryReactor* IntakeHandler::AppendTurn(grpc::CallbackServerContext* context,
                                                    const v1::AppendTurnRequest* request,
                                                    v1::AppendTurnResponse* response) {
  const auto turn = std::make_shared<HeardTurn>();
  return platform::RunCommand(
      context, rpc_, request, response, kDesk,
      [request, turn] {
        if (absl::Status id = CheckId("call_id", request->call_id()); !id.ok()) return id;
        if (!request->has_turn()) return platform::BadField("turn", "is required");
        return Read(request->turn(), *turn);
      },
      [this, request, response, turn](Transaction& tx, const Actor&) {
        const absl::StatusOr<int> kept = calls_.AppendTurn(tx, request->call_id(), *turn);
        if (kept.ok()) response->set_turn(*kept);
        return kept.status();
      });
}

grpc::ServerWriteReactor<v1::WatchCallResponse>* IntakeHandler::WatchCall(grpc::CallbackServerContext* context,
                                                                          const v1::WatchCallRequest* request) {
  using Page = platform::FeedPage<v1::WatchCallResponse>;
  const std::string& call_id = request->call_id();
  absl::Status valid = CheckId("call_id", call_id);
  if (valid.ok() && request->cursor() < 0) valid = platform::BadField("cursor", "must not be negative");
  if (!valid.ok()) return platform::FeedStream<v1::WatchCallResponse>::Refuse(valid);
  const auto fetch = [this, call_id](std::int64_t cursor) -> absl::StatusOr<Page> {
    Page page;
    page.cursor = cursor;
    const absl::Status read = rpc_.store.Read([&](Session& session) -> absl::Status {
      const std::optional<Call> call = intake_.calls.Find(session, call_id);
      if (!call) return platform::WithReason(absl::NotFoundError("no such call"), "CALL_UNKNOWN");
      for (const FeedEntry& entry : intake_.feed.Read(session, call_id, cursor, kFeedPage)) {
        page.cursor = entry.position;
        page.end = entry.kind == FeedKind::kSettled;
        if (auto message = EntryMessage(entry, *call, intake_.cases, session))
          page.messages.push_back(*std::move(message));
        if (page.end) return absl::OkStatus();  // A later revision of the cases is not part of the call.
      }
      page.end = call->settled && page.cursor >= call->feed_length;
      return absl::OkStatus();
    });
    if (!read.ok()) return read;
    return page;
  };
  return platform::RunFeed<v1::WatchCallResponse>(context, rpc_, platform::kEveryone, CallFeedKey(call_id),
                                                  request->cursor(), fetch);
}

grpc::ServerUnaryReactor* IntakeHandler::CloseCall(grpc::CallbackServerContext* context,
                                                   const v1::CloseCallRequest* request,
                                                   v1::CloseCallResponse* response) {
  const auto command = std::make_shared<CloseCallCommand>();
  return platform::RunCommand(
      context, rpc_, request, response, kDesk, [request, command] { return Read(*request, *command); },
      [this, response, command](Transaction& tx, const Actor&) {
        const absl::StatusOr<int> last =
            calls_.Close(tx, command->call_id, command->at_ms, command->recorded_kind, rpc_.clock.Now());
        if (last.ok()) response->set_last_turn(*last);
        return last.status();
      });
}

grpc::ServerUnaryReactor* IntakeHandler::FileMessage(grpc::CallbackServerContext* context,
                                                     const v1::FileMessageRequest* request,
                                                     v1::FileMessageResponse* response) {
  const auto command = std::make_shared<FileMessageCommand>();
  return platform::RunCommand(
      context, rpc_, request, response, kDesk,
      [this, request, command] { return Read(*request, intake_.sites, *command); },
      [this, response, command](Transaction& tx, const Actor& actor) {
        const absl::StatusOr<FiledMessage> filed = calls_.File(tx, *command, actor, rpc_.clock.Now());
        if (!filed.ok()) return filed.status();
        response->set_case_no(filed->case_no);
        response->set_call_id(filed->call_id);
        return absl::OkStatus();
      });
}

}  // namespace hotline::intake
