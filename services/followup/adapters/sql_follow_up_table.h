#pragma once

#include "followup/app/follow_up_table.h"

namespace hotline::followup {

/// Tables follow_ups and follow_up_changes (migrations/).
class SqlFollowUpTable final : public FollowUpTable {
 public:
  std::optional<FollowUp> Find(platform::Session& session, std::string_view id) override;
  std::vector<FollowUp> OfCase(platform::Session& session, std::string_view site, std::string_view case_no) override;
  DuePage Due(platform::Session& session, const DueQuery& query) override;
  void ForEach(platform::Session& session, const CountQuery& query,
               const std::function<void(const FollowUp&)>& visit) override;
  void Insert(platform::Transaction& tx, const FollowUp& follow_up, const Change& change) override;
  absl::Status Update(platform::Transaction& tx, const FollowUp& follow_up, const Change& change) override;
};

}  // namespace hotline::followup
