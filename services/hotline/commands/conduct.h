#pragma once

#include <hotline/escalation/v1/escalation_service.grpc.pb.h>

#include <string>

namespace hotline::commands {

/// What the reviews that `request` names have in common. Throws Failure.
[[nodiscard]] escalation::v1::GetConductSummaryResponse ConductOf(
    const escalation::v1::GetConductSummaryRequest& request, escalation::v1::EscalationService::Stub& stub);

/// A site's reviews for people, in Chinese: how agents began, and each finding with the last call it is of. With
/// `before`, the same site in the span before, its shares stand beside.
[[nodiscard]] std::string ConductText(const escalation::v1::SiteConduct& site,
                                      const escalation::v1::SiteConduct* before);

}  // namespace hotline::commands
