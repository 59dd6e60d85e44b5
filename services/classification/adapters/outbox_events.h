#pragma once

#include "classification/app/calls.h"

namespace hotline::classification {

/// Publishes on hotline.assessments.v1, key <site>/<call_id>, through the transaction's outbox.
class OutboxEvents final : public AssessmentEvents {
 public:
  void TurnUnderstood(platform::Transaction& tx, const CallOpening& opening, const Turn& turn,
                      const TurnUnderstanding& understanding, std::string_view model) override;
  void CallUnderstood(platform::Transaction& tx, const CallOpening& opening, const CallUnderstanding& understanding,
                      std::string_view model, Time at) override;
};

}  // namespace hotline::classification
