#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <absl/status/status.h>

#include "escalation/app/alerts.h"
#include "escalation/app/calls.h"
#include "escalation/domain/risk.h"

namespace hotline::platform {
class Metrics;
}

namespace hotline::escalation {

/// Follows calls as they happen: hard rules at once, one final assessment for every turn in order, one review of every
/// call that ends.
///
/// A caller's turn is final when its reading has come, or when somebody gives up waiting for it; an agent's as soon as
/// every turn before it is. A call is reviewed when it is over and was read as a whole, or nobody waits for that any
/// longer. Turns and readings come on two topics, in any order between them. Each method runs inside
/// the consumer's transaction; `wall` is the time by this machine's clock. Thread-safe.
class Assessments {
 public:
  /// All must outlive this.
  Assessments(const RiskModel& model, CallTable& calls, CallEvents& events, Alerts& alerts, platform::Metrics& metrics)
      : model_{model}, calls_{calls}, events_{events}, alerts_{alerts}, metrics_{metrics} {}

  absl::Status Open(platform::Transaction& tx, const CallOpening& opening) const;
  /// FAILED_PRECONDITION: the call was never opened.
  absl::Status Hear(platform::Transaction& tx, std::string_view call_id, std::string_view site, const Turn& turn,
                    Time wall) const;
  /// A reading that comes first waits for its turn, one that comes late serves the turns after it.
  absl::Status Understand(platform::Transaction& tx, std::string_view call_id, std::string_view site, int turn,
                          const TurnReading& reading, Time wall) const;
  /// What the agent did in a turn, which nobody waits for: it serves the turns after it and the review.
  absl::Status HearSentences(platform::Transaction& tx, std::string_view call_id, int turn,
                             std::span<const HeardSentence> sentences) const;
  /// The whole call was read: what its opening tells joins the review. May come before the call is over, or opened.
  absl::Status UnderstandCall(platform::Transaction& tx, std::string_view call_id, std::string_view site,
                              const std::optional<SoothedVoice>& soothed, Time wall) const;
  /// FAILED_PRECONDITION: never opened.
  absl::Status Close(platform::Transaction& tx, std::string_view call_id, std::string_view site, int last_turn,
                     Time closed_at, Time wall) const;

  /// Judges the turns that were first seen by `seen_by` by their words alone, where their reading is missing, and
  /// reviews the call that was over by then.
  absl::Status GiveUpWaiting(platform::Transaction& tx, std::string_view call_id, Time seen_by, Time wall) const;

 private:
  /// Makes final what can be. `give_up`: turns first seen by then wait no longer.
  void Advance(platform::Transaction& tx, WatchedCall& call, const std::vector<WatchedTurn>& turns,
               std::optional<Time> give_up, Time wall) const;
  void SpeakAtOnce(platform::Transaction& tx, WatchedCall& call, const std::vector<WatchedTurn>& turns,
                   Time wall) const;
  /// Of a call whose turns are final. `waits_since`: when it began to wait for what classification makes of the whole.
  void ReviewWhenOver(platform::Transaction& tx, WatchedCall& call, const std::vector<WatchedTurn>& turns,
                      Time waits_since, std::optional<Time> give_up) const;

  const RiskModel& model_;
  CallTable& calls_;
  CallEvents& events_;
  Alerts& alerts_;
  platform::Metrics& metrics_;
};

}  // namespace hotline::escalation
