#pragma once

#include "intake/app/ports.h"

namespace hotline::intake {

/// Tables calls and turns.
class SqlCallTable final : public CallTable {
 public:
  bool Insert(Transaction& tx, const Call& call) override;
  std::optional<Call> Find(Session& session, std::string_view call_id) override;
  std::optional<Call> Lock(Transaction& tx, std::string_view call_id) override;
  void Save(Transaction& tx, const Call& call) override;
  void InsertTurn(Transaction& tx, std::string_view call_id, const Turn& turn) override;
  std::vector<Turn> Turns(Session& session, std::string_view call_id) override;
  std::string FingerprintOf(Session& session, std::string_view call_id, int turn) override;
  std::vector<std::string> Unsettled(Session& session, Time wall, int limit) override;
};

}  // namespace hotline::intake
