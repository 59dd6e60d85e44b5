#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "followup/app/follow_up_events.h"
#include "followup/app/follow_up_table.h"
#include "followup/domain/follow_up.h"
#include "platform/store/store.h"

namespace hotline::followup {

/// Who makes a change, and when.
struct Who {
  std::string actor;
  Time at;
};

/// The policy of a site, by its name. Thread-safe.
using PolicyOf = std::function<const SitePolicy&(std::string_view site)>;

/// The use cases of the follow-up desk. Each runs inside the transaction it is given, so that its effect, the memory of
/// the request or event and the outgoing events commit together or not at all. Thread-safe.
class FollowUps {
 public:
  /// The references must outlive this object.
  FollowUps(FollowUpTable& table, FollowUpEvents& events, PolicyOf policy_of)
      : table_{table}, events_{events}, policy_of_{std::move(policy_of)} {}

  /// Brings the follow-ups of a case in line with it: plans one when the case waits for it, keeps it up to date, calls
  /// it off when the case went elsewhere. Safe to repeat. ABORTED: lost a race.
  [[nodiscard]] absl::Status Follow(platform::Transaction& tx, const CaseSnapshot& snapshot);

  /// Enters what a caller said; the verbatim is masked here. NOT_FOUND; ABORTED when `expected_version` is stale; else
  /// the errors of followup::Record().
  [[nodiscard]] absl::StatusOr<FollowUp> Record(platform::Transaction& tx, std::string_view id,
                                                std::int64_t expected_version, Outcome outcome, const Who& who);

  /// Takes a follow-up out of the rates. Errors as in Record().
  [[nodiscard]] absl::StatusOr<FollowUp> Exclude(platform::Transaction& tx, std::string_view id,
                                                 std::int64_t expected_version, const std::string& reason,
                                                 const Who& who);

 private:
  absl::Status Schedule(platform::Transaction& tx, const CaseSnapshot& snapshot);
  absl::Status CallOff(platform::Transaction& tx, const CaseSnapshot& snapshot, std::string_view reason);
  absl::StatusOr<FollowUp> FindCurrent(platform::Session& session, std::string_view id, std::int64_t expected_version);

  FollowUpTable& table_;
  FollowUpEvents& events_;
  const PolicyOf policy_of_;
};

}  // namespace hotline::followup
