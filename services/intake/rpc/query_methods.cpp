// Questions about cases.
#include <utility>

#include "intake/adapters/case_messages.h"
#include "intake/rpc/intake_handler.h"
#include "intake/rpc/page_token.h"
#include "intake/rpc/requests.h"
#include "platform/rpc/feed_stream.h"
#include "platform/rpc/status.h"
#include "platform/time.h"

namespace hotline::intake {
namespace {

using platform::Actor;
using platform::kEveryone;

constexpr int kChangePage = 500;

/// One case more was read than a page holds: that there is a next one shows in it.
template <typename Response>
void AnswerPage(std::vector<Case> cases, const CasePageQuery& query, Response& response) {
  if (cases.size() > static_cast<std::size_t>(query.size)) {
    cases.resize(static_cast<std::size_t>(query.size));
    response.set_next_page_token(
        MakePageToken({.opened_at = cases.back().opened_at, .case_no = cases.back().case_no}, query.mark));
  }
  for (const Case& filed : cases) ToMessage(filed, *response.add_cases());
}

}  // namespace

grpc::ServerUnaryReactor* IntakeHandler::GetCase(grpc::CallbackServerContext* context,
                                                 const v1::GetCaseRequest* request, v1::GetCaseResponse* response) {
  return platform::RunQuery(context, rpc_, kEveryone, [this, request, response](const Actor&) -> absl::Status {
    if (absl::Status id = CheckId("case_no", request->case_no()); !id.ok()) return id;
    return rpc_.store.Read([&](Session& session) -> absl::Status {
      const std::optional<Case> filed = intake_.cases.Find(session, request->case_no());
      if (!filed) return platform::WithReason(absl::NotFoundError("no such case"), "CASE_UNKNOWN");
      ToMessage(*filed, *response->mutable_case_());
      for (const CaseChange& change : queries_.History(session, request->case_no())) {
        ToMessage(change, *response->add_history());
      }
      for (std::string& supplement : intake_.cases.Supplements(session, request->case_no())) {
        response->add_supplements(std::move(supplement));
      }
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* IntakeHandler::ListCases(grpc::CallbackServerContext* context,
                                                   const v1::ListCasesRequest* request,
                                                   v1::ListCasesResponse* response) {
  return platform::RunQuery(context, rpc_, kEveryone, [this, request, response](const Actor&) -> absl::Status {
    CasePageQuery query;
    if (absl::Status valid = Read(*request, intake_.sites, rpc_.clock.Now(), query); !valid.ok()) return valid;
    return rpc_.store.Read([&](Session& session) {
      AnswerPage(queries_.List(session, query.filter, query.after, query.size + 1), query, *response);
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* IntakeHandler::SearchCases(grpc::CallbackServerContext* context,
                                                     const v1::SearchCasesRequest* request,
                                                     v1::SearchCasesResponse* response) {
  return platform::RunQuery(context, rpc_, kEveryone, [this, request, response](const Actor&) -> absl::Status {
    CasePageQuery query;
    if (absl::Status valid = Read(*request, intake_.sites, query); !valid.ok()) return valid;
    return rpc_.store.Read([&](Session& session) {
      AnswerPage(queries_.Search(session, query.filter.site, query.terms, query.after, query.size + 1), query,
                 *response);
      return absl::OkStatus();
    });
  });
}

grpc::ServerWriteReactor<v1::WatchCasesResponse>* IntakeHandler::WatchCases(grpc::CallbackServerContext* context,
                                                                            const v1::WatchCasesRequest* request) {
  using Page = platform::FeedPage<v1::WatchCasesResponse>;
  const std::string& site = request->site();
  absl::Status valid = CheckSiteOrAll(site, intake_.sites);
  if (valid.ok() && request->cursor() < -1) valid = platform::BadField("cursor", "must be -1 or more");
  if (!valid.ok()) return platform::FeedStream<v1::WatchCasesResponse>::Refuse(valid);
  const auto fetch = [this, site](std::int64_t cursor) -> absl::StatusOr<Page> {
    Page page;
    page.cursor = cursor;
    const absl::Status read = rpc_.store.Read([&](Session& session) {
      if (cursor == -1) {  // Only new ones: from here on.
        page.cursor = queries_.LastChange(session);
        return absl::OkStatus();
      }
      const ChangePage changes = queries_.ChangesAfter(session, site, cursor, kChangePage, rpc_.clock.Now());
      page.cursor = changes.cursor;
      for (const NumberedChange& numbered : changes.changes) {
        const std::optional<Case> filed = intake_.cases.Find(session, numbered.change.case_no);
        v1::WatchCasesResponse& message = page.messages.emplace_back();
        message.set_cursor(numbered.number);
        if (filed) ToMessage(*filed, *message.mutable_case_());
        ToMessage(numbered.change, *message.mutable_change());
      }
      return absl::OkStatus();
    });
    if (!read.ok()) return read;
    return page;
  };
  return platform::RunFeed<v1::WatchCasesResponse>(context, rpc_, kEveryone, CaseFeedKey(site), request->cursor(),
                                                   fetch);
}

grpc::ServerUnaryReactor* IntakeHandler::CountCases(grpc::CallbackServerContext* context,
                                                    const v1::CountCasesRequest* request,
                                                    v1::CountCasesResponse* response) {
  return platform::RunQuery(context, rpc_, kEveryone, [this, request, response](const Actor&) -> absl::Status {
    CaseFilter filter;
    if (absl::Status valid = Read(*request, intake_.sites, filter); !valid.ok()) return valid;
    return rpc_.store.Read([&](Session& session) {
      std::int64_t total = 0;
      for (const auto& [state, cases] : queries_.Count(session, filter)) {
        v1::StateCount& count = *response->add_states();
        count.set_state(static_cast<common::v1::CaseState>(static_cast<int>(state)));
        count.set_cases(cases);
        total += cases;
      }
      response->set_total(total);
      return absl::OkStatus();
    });
  });
}

}  // namespace hotline::intake
