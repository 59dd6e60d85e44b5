#pragma once

#include "followup/app/follow_up_events.h"

namespace hotline::followup {

/// FollowUpScheduled and FollowUpRecorded on hotline.followups.v1, key <site>/<case_no>.
class BusFollowUpEvents final : public FollowUpEvents {
 public:
  void Scheduled(platform::Transaction& tx, const FollowUp& follow_up, Time at) override;
  void Recorded(platform::Transaction& tx, const FollowUp& follow_up, Time at) override;
};

}  // namespace hotline::followup
