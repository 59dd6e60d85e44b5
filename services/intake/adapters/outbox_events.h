#pragma once

#include "intake/app/ports.h"

namespace hotline::intake {

/// The events of intake.v1, into the outbox of the caller's transaction.
class OutboxEvents final : public IntakeEvents {
 public:
  void CallOpened(Transaction& tx, const Call& call, const std::vector<EarlierCase>& history) override;
  void TurnAppended(Transaction& tx, const Call& call, const Turn& turn) override;
  void CallClosed(Transaction& tx, const Call& call, std::optional<CaseKind> recorded_kind) override;
  void CaseChanged(Transaction& tx, const Case& filed, const CaseChange& change) override;
};

}  // namespace hotline::intake
