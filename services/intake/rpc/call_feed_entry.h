#pragma once

#include <optional>

#include <hotline/intake/v1/intake_service.pb.h>

#include "intake/app/ports.h"

namespace hotline::intake {

/// A feed entry as the agent's screen gets it; nothing for those it does not show. kSettled carries the call's cases as
/// they are now.
[[nodiscard]] std::optional<v1::WatchCallResponse> EntryMessage(const FeedEntry& entry, const Call& call,
                                                                CaseTable& cases, Session& session);

}  // namespace hotline::intake
