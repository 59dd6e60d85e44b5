#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "intake/app/ports.h"
#include "intake/domain/calendar.h"
#include "intake/domain/routing.h"
#include "intake/domain/site.h"
#include "platform/concurrency/notifier.h"

namespace hotline::intake {

/// What every use case works with. The module owns it all and outlives every call.
struct Intake {
  const SiteDirectory& sites;
  const WorkCalendar& calendar;
  RoutingPolicy routing;
  std::chrono::milliseconds patience{30'000};  ///< How long a closed call waits for its siblings, on the wall's clock.
  CallTable& calls;
  CallFeed& feed;
  CaseTable& cases;
  CaseNumbers& numbers;
  ContactVault& vault;
  IntakeEvents& events;
  platform::Notifier& notifier;
};

/// Who did it, where no person did.
inline constexpr std::string_view kMachine = "hotline/intake";

/// Keys of platform::Notifier: a call's feed has grown, a site's cases have changed ("" is every site).
[[nodiscard]] inline std::string CallFeedKey(std::string_view call_id) { return "intake/call/" + std::string{call_id}; }
[[nodiscard]] inline std::string CaseFeedKey(std::string_view site) { return "intake/cases/" + std::string{site}; }

/// Contacts are kept with the call they came with; an imported case has its own.
[[nodiscard]] inline std::string ContactOwner(const Case& filed) {
  return filed.call_id.empty() ? "case/" + filed.case_no : "call/" + filed.call_id;
}

}  // namespace hotline::intake
