#pragma once

#include "escalation/app/calls.h"

namespace hotline::escalation {

/// TurnRiskAssessed and CallReviewed on hotline.assessments.v1, AlertChanged on hotline.alerts.v1, key
/// <site>/<call_id>, through the transaction's outbox.
class BusCallEvents final : public CallEvents {
 public:
  void RiskAssessed(platform::Transaction& tx, const CallOpening& opening, const TurnRisk& risk, bool preliminary,
                    std::string_view model, Time at) override;
  void CallReviewed(platform::Transaction& tx, const CallOpening& opening, const Conduct& conduct, Time at) override;
  void AlertChanged(platform::Transaction& tx, const Alert& alert, Time at) override;
};

}  // namespace hotline::escalation
