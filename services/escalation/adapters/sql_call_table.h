#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <hotline/escalation/v1/escalation_service.pb.h>

#include "escalation/app/calls.h"
#include "escalation/app/conduct_summary.h"

namespace hotline::escalation {

/// Tables assessed_calls, assessed_turns and turn_readings (migrations/).
class SqlCallTable final : public CallTable {
 public:
  std::optional<WatchedCall> Find(platform::Session& session, std::string_view call_id) override;
  WatchedCall Lock(platform::Transaction& tx, std::string_view call_id, std::string_view site) override;
  void Open(platform::Transaction& tx, const CallOpening& opening) override;
  void Save(platform::Transaction& tx, const WatchedCall& call) override;
  void KeepUnderstood(platform::Transaction& tx, std::string_view call_id,
                      const std::optional<SoothedVoice>& soothed) override;
  void KeepReview(platform::Transaction& tx, std::string_view call_id, const Conduct& conduct) override;
  std::vector<WatchedTurn> Turns(platform::Session& session, std::string_view call_id) override;
  void AddTurn(platform::Transaction& tx, std::string_view call_id, const Turn& turn, Time seen_at) override;
  void AddReading(platform::Transaction& tx, std::string_view call_id, int turn, const TurnReading& reading) override;
  void AddSentences(platform::Transaction& tx, std::string_view call_id, int turn,
                    std::span<const HeardSentence> sentences) override;
  void KeepPreliminary(platform::Transaction& tx, const CallOpening& opening, const TurnRisk& risk,
                       std::string_view model) override;
  void KeepFinal(platform::Transaction& tx, const CallOpening& opening, const TurnRisk& risk,
                 std::string_view model) override;
  std::vector<std::string> Waiting(platform::Session& session, Time since, int limit) override;

  // What was published of a call, byte for byte; nothing when no such call was opened.

  /// Final assessments in order, and those that still stand for a final one.
  [[nodiscard]] std::optional<v1::GetCallRiskResponse> Risk(platform::Session& session, std::string_view call_id);

  struct Review {
    std::optional<v1::Conduct> conduct;  ///< Nothing while the call goes on.
  };
  [[nodiscard]] std::optional<Review> ReviewOf(platform::Session& session, std::string_view call_id);
  /// What all reviews that `query` names have in common. Letters have no agent and are left out.
  [[nodiscard]] ConductSummary Summary(platform::Session& session, const ConductQuery& query);
};

}  // namespace hotline::escalation
