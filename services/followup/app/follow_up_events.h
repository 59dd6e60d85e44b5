#pragma once

#include "followup/domain/follow_up.h"
#include "platform/store/store.h"

namespace hotline::followup {

/// What the other services hear of follow-ups. Leaves with the commit.
class FollowUpEvents {
 public:
  virtual ~FollowUpEvents() = default;
  virtual void Scheduled(platform::Transaction& tx, const FollowUp& follow_up, Time at) = 0;
  /// The asking has ended: recorded or unreached.
  virtual void Recorded(platform::Transaction& tx, const FollowUp& follow_up, Time at) = 0;
};

}  // namespace hotline::followup
