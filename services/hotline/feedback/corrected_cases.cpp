#include "hotline/feedback/corrected_cases.h"

#include <algorithm>

#include <absl/status/statusor.h>

#include "hotline/cli/call.h"
#include "hotline/cli/pages.h"

namespace hotline::feedback {
namespace {

namespace v1 = intake::v1;

absl::StatusOr<bool> WasCorrected(v1::IntakeService::StubInterface& stub, const std::string& case_no) {
  v1::GetCaseRequest request;
  request.set_case_no(case_no);
  v1::GetCaseResponse response;
  const absl::Status read = cli::Call([&](auto* context) { return stub.GetCase(context, request, &response); });
  if (!read.ok()) return read;
  return std::any_of(response.history().begin(), response.history().end(),
                     [](const auto& change) { return change.action() == v1::CaseChange::ACTION_CORRECTED; });
}

}  // namespace

absl::Status ForEachCorrected(v1::IntakeService::StubInterface& stub, const CaseChoice& choice,
                              const std::function<void(const v1::Case&)>& take,
                              const std::function<void(std::uint64_t)>& seen) {
  v1::ListCasesRequest request;
  request.set_site(choice.site);
  request.set_call_id(choice.call_id);
  std::uint64_t looked_at = 0;
  absl::Status asked_all = absl::OkStatus();
  const absl::Status read = cli::ReadPages<v1::ListCasesResponse>(
      request, [&](auto* context, const auto& asked, auto* answer) { return stub.ListCases(context, asked, answer); },
      [&](const auto& page) {
        for (const v1::Case& one : page.cases()) {
          ++looked_at;
          if (seen) seen(looked_at);
          if (!one.touched()) continue;  // The history of the many that nobody changed is not asked for.
          const absl::StatusOr<bool> corrected = WasCorrected(stub, one.case_no());
          asked_all = corrected.status();
          if (!corrected.ok()) return false;
          if (*corrected) take(one);
        }
        return true;
      });
  return read.ok() ? asked_all : read;
}

}  // namespace hotline::feedback
