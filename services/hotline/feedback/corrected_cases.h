#pragma once

#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include <functional>
#include <string>

#include <absl/status/status.h>

namespace hotline::feedback {

/// Which cases: of a site, of a call; empty is any.
struct CaseChoice {
  std::string site;
  std::string call_id;
};

/// Gives every case of `choice` whose category a person has corrected, as it stands now, to `take`; newest first.
/// `seen` is told how many cases were looked at.
[[nodiscard]] absl::Status ForEachCorrected(intake::v1::IntakeService::StubInterface& stub, const CaseChoice& choice,
                                            const std::function<void(const intake::v1::Case&)>& take,
                                            const std::function<void(std::uint64_t)>& seen = {});

}  // namespace hotline::feedback
