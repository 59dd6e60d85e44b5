#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>

#include "followup/domain/follow_up.h"
#include "platform/store/store.h"

namespace hotline::followup {

/// Where a page of the due list begins: after this row.
struct DueCursor {
  Time next_attempt_at;
  std::string id;
};

/// Which follow-ups are to be made.
struct DueQuery {
  std::string site;  ///< Empty: every site.
  Time due_by;
  std::optional<AskBy> ask_by;
  std::optional<DueCursor> after;
  int limit = 100;
};

/// A page of the due list. `total` counts all pages.
struct DuePage {
  std::vector<FollowUp> follow_ups;
  bool more = false;
  std::int64_t total = 0;
};

/// Which follow-ups are counted: due in [since, until).
struct CountQuery {
  std::string site;  ///< Empty: every site.
  Time since;
  Time until;
  std::string department;  ///< Empty: all; else the lead.
};

/// One line of a follow-up's history.
struct Change {
  std::string_view action;  ///< "scheduled", "refreshed", "attempted", "recorded", "cancelled", "excluded"
  std::string actor;
  Time at;
  std::string reason;
};

/// The rows of follow-ups and their history. Keeps no state: any thread, inside the caller's session or transaction.
/// Throws platform::StoreError.
class FollowUpTable {
 public:
  virtual ~FollowUpTable() = default;

  [[nodiscard]] virtual std::optional<FollowUp> Find(platform::Session& session, std::string_view id) = 0;
  /// First asking first; of every site that has the number when `site` is empty.
  [[nodiscard]] virtual std::vector<FollowUp> OfCase(platform::Session& session, std::string_view site,
                                                     std::string_view case_no) = 0;
  /// The most overdue first.
  [[nodiscard]] virtual DuePage Due(platform::Session& session, const DueQuery& query) = 0;
  /// Every follow-up of the query, by due time. Memory stays bounded whatever their number.
  virtual void ForEach(platform::Session& session, const CountQuery& query,
                       const std::function<void(const FollowUp&)>& visit) = 0;

  virtual void Insert(platform::Transaction& tx, const FollowUp& follow_up, const Change& change) = 0;
  /// Replaces version `follow_up.version - 1`; ABORTED when the row has another.
  [[nodiscard]] virtual absl::Status Update(platform::Transaction& tx, const FollowUp& follow_up,
                                            const Change& change) = 0;
};

}  // namespace hotline::followup
