#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>
#include <hotline/intake/v1/intake_service.pb.h>

#include "intake/app/call_desk.h"
#include "intake/app/case_desk.h"
#include "intake/app/case_queries.h"

// From the wire to the use cases: every field is checked here, and INVALID_ARGUMENT names all that are bad.
namespace hotline::intake {

[[nodiscard]] absl::Status Read(const v1::OpenCallRequest& from, const SiteDirectory& sites, OpenCallCommand& to);
[[nodiscard]] absl::Status Read(const v1::FileMessageRequest& from, const SiteDirectory& sites, FileMessageCommand& to);
[[nodiscard]] absl::Status Read(const v1::Turn& from, HeardTurn& to);

struct BriefQuery {
  std::string site;
  Contact contact;
  std::optional<Time> at;
};
[[nodiscard]] absl::Status Read(const v1::GetCallerBriefRequest& from, const SiteDirectory& sites, BriefQuery& to);

struct CloseCallCommand {
  std::string call_id;
  std::int64_t at_ms = 0;
  std::optional<CaseKind> recorded_kind;
};
[[nodiscard]] absl::Status Read(const v1::CloseCallRequest& from, CloseCallCommand& to);
[[nodiscard]] absl::Status Read(const v1::ImportCasesRequest& from, const SiteDirectory& sites,
                                std::vector<ImportedCase>& to);

struct CorrectCommand {
  CaseRef ref;
  Correction correction;
};
[[nodiscard]] absl::Status Read(const v1::CorrectCaseRequest& from, CorrectCommand& to);

struct TransitionRequest {
  CaseRef ref;
  TransitionCommand command;
};
[[nodiscard]] absl::Status Read(const v1::TransitionCaseRequest& from, TransitionRequest& to);

struct SupplementCommand {
  CaseRef ref;
  std::string text;
};
[[nodiscard]] absl::Status Read(const v1::SupplementCaseRequest& from, SupplementCommand& to);
[[nodiscard]] absl::Status Check(const v1::UrgeCaseRequest& request);
[[nodiscard]] absl::Status Check(const v1::RevealContactRequest& request);

/// A page of a list: what was asked, from where, how much.
struct CasePageQuery {
  CaseFilter filter;
  std::vector<std::string> terms;  ///< Of a search.
  std::optional<CasePosition> after;
  int size = 100;
  std::string mark;  ///< What the page's tokens are bound to.
};
[[nodiscard]] absl::Status Read(const v1::ListCasesRequest& from, const SiteDirectory& sites, Time now,
                                CasePageQuery& to);
[[nodiscard]] absl::Status Read(const v1::SearchCasesRequest& from, const SiteDirectory& sites, CasePageQuery& to);
[[nodiscard]] absl::Status Read(const v1::CountCasesRequest& from, const SiteDirectory& sites, CaseFilter& to);

/// "is required" for an empty id, a length for one too long.
[[nodiscard]] absl::Status CheckId(std::string_view field, std::string_view id);
/// "" means every site.
[[nodiscard]] absl::Status CheckSiteOrAll(const std::string& site, const SiteDirectory& sites);

}  // namespace hotline::intake
