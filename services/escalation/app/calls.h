#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "escalation/domain/alert.h"
#include "escalation/domain/conduct.h"
#include "escalation/domain/risk.h"
#include "platform/store/store.h"

namespace hotline::escalation {

/// How far a call has come. Two topics tell of it and either may be ahead: before its CallOpened there is no opening.
struct WatchedCall {
  std::string call_id;
  std::string site;
  std::optional<CallOpening> opening;
  int assessed_through = 0;              ///< Last turn with its final assessment.
  RiskLevel warned = RiskLevel::kGreen;  ///< Highest level warned of; kGreen: none.
  /// When the turn that waits for its reading was first seen, or the call that waits for its own was over; wall time.
  std::optional<Time> waiting_since;
  std::optional<Time> closed_at;        ///< By the call's clock.
  int last_turn = 0;                    ///< Of a closed call.
  bool understood = false;              ///< Classification has read the whole of it.
  std::optional<SoothedVoice> soothed;  ///< What it said of the opening; nothing where no encoder had the time.
  bool reviewed = false;
};

/// A turn with everything said of it so far.
struct WatchedTurn {
  HeardTurn heard;
  Time seen_at;  ///< Wall time at which this service first saw it.
  std::optional<TurnRisk> final;
};

/// The memory of calls. Keeps no state: any thread, inside the caller's transaction. Throws platform::StoreError.
class CallTable {
 public:
  virtual ~CallTable() = default;

  [[nodiscard]] virtual std::optional<WatchedCall> Find(platform::Session& session, std::string_view call_id) = 0;
  /// The call, made when it is new, its row locked until the commit: the two topics take turns over it.
  [[nodiscard]] virtual WatchedCall Lock(platform::Transaction& tx, std::string_view call_id,
                                         std::string_view site) = 0;
  virtual void Open(platform::Transaction& tx, const CallOpening& opening) = 0;
  /// Keeps what changes: from assessed_through on, but for what was understood and the review.
  virtual void Save(platform::Transaction& tx, const WatchedCall& call) = 0;
  virtual void KeepUnderstood(platform::Transaction& tx, std::string_view call_id,
                              const std::optional<SoothedVoice>& soothed) = 0;
  virtual void KeepReview(platform::Transaction& tx, std::string_view call_id, const Conduct& conduct) = 0;

  /// In order, each with its reading if it has come.
  [[nodiscard]] virtual std::vector<WatchedTurn> Turns(platform::Session& session, std::string_view call_id) = 0;
  virtual void AddTurn(platform::Transaction& tx, std::string_view call_id, const Turn& turn, Time seen_at) = 0;
  virtual void AddReading(platform::Transaction& tx, std::string_view call_id, int turn,
                          const TurnReading& reading) = 0;
  /// The same of an agent's turn.
  virtual void AddSentences(platform::Transaction& tx, std::string_view call_id, int turn,
                            std::span<const HeardSentence> sentences) = 0;
  virtual void KeepPreliminary(platform::Transaction& tx, const CallOpening& opening, const TurnRisk& risk,
                               std::string_view model) = 0;
  virtual void KeepFinal(platform::Transaction& tx, const CallOpening& opening, const TurnRisk& risk,
                         std::string_view model) = 0;

  /// Calls with a turn that waits for its reading since `since` or longer, the longest first.
  [[nodiscard]] virtual std::vector<std::string> Waiting(platform::Session& session, Time since, int limit) = 0;
};

/// What leaves for the other services, with the commit.
class CallEvents {
 public:
  virtual ~CallEvents() = default;
  virtual void RiskAssessed(platform::Transaction& tx, const CallOpening& opening, const TurnRisk& risk,
                            bool preliminary, std::string_view model, Time at) = 0;
  virtual void CallReviewed(platform::Transaction& tx, const CallOpening& opening, const Conduct& conduct, Time at) = 0;
  virtual void AlertChanged(platform::Transaction& tx, const Alert& alert, Time at) = 0;
};

}  // namespace hotline::escalation
