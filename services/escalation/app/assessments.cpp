#include "escalation/app/assessments.h"

#include <algorithm>

#include "platform/telemetry/log.h"
#include "platform/telemetry/metrics.h"

namespace hotline::escalation {
namespace {

absl::Status NeverOpened() { return absl::FailedPreconditionError("the call was never opened"); }

std::vector<HeardTurn> HeardOf(const std::vector<WatchedTurn>& turns) {
  std::vector<HeardTurn> heard;
  heard.reserve(turns.size());
  for (const WatchedTurn& turn : turns) heard.push_back(turn.heard);
  return heard;
}

/// A letter has no agent whose conduct could be reviewed.
bool IsSpoken(const std::vector<WatchedTurn>& turns) {
  return std::any_of(turns.begin(), turns.end(),
                     [](const WatchedTurn& turn) { return turn.heard.turn.speaker == Speaker::kAgent; });
}

bool MustWait(const WatchedTurn& turn, std::optional<Time> give_up) {
  if (turn.heard.turn.speaker != Speaker::kCaller || turn.heard.reading) return false;
  return !give_up || turn.seen_at > *give_up;
}

}  // namespace

absl::Status Assessments::Open(platform::Transaction& tx, const CallOpening& opening) const {
  (void)calls_.Lock(tx, opening.call_id, opening.site);
  calls_.Open(tx, opening);
  return absl::OkStatus();
}

absl::Status Assessments::Hear(platform::Transaction& tx, std::string_view call_id, std::string_view site,
                               const Turn& turn, Time wall) const {
  WatchedCall call = calls_.Lock(tx, call_id, site);
  if (!call.opening) return NeverOpened();
  calls_.AddTurn(tx, call_id, turn, wall);
  const std::vector<WatchedTurn> turns = calls_.Turns(tx, call_id);
  Advance(tx, call, turns, std::nullopt, wall);
  if (call.assessed_through < turn.number) SpeakAtOnce(tx, call, turns, wall);
  calls_.Save(tx, call);
  return absl::OkStatus();
}

absl::Status Assessments::Understand(platform::Transaction& tx, std::string_view call_id, std::string_view site,
                                     int turn, const TurnReading& reading, Time wall) const {
  WatchedCall call = calls_.Lock(tx, call_id, site);
  calls_.AddReading(tx, call_id, turn, reading);
  if (!call.opening || !call.waiting_since) return absl::OkStatus();  // Nobody waits for it yet, or no longer.
  Advance(tx, call, calls_.Turns(tx, call_id), std::nullopt, wall);
  calls_.Save(tx, call);
  return absl::OkStatus();
}

absl::Status Assessments::HearSentences(platform::Transaction& tx, std::string_view call_id, int turn,
                                        std::span<const HeardSentence> sentences) const {
  calls_.AddSentences(tx, call_id, turn, sentences);
  return absl::OkStatus();
}

absl::Status Assessments::UnderstandCall(platform::Transaction& tx, std::string_view call_id, std::string_view site,
                                         const std::optional<SoothedVoice>& soothed, Time wall) const {
  WatchedCall call = calls_.Lock(tx, call_id, site);
  calls_.KeepUnderstood(tx, call_id, soothed);
  call.understood = true;
  call.soothed = soothed;
  if (!call.opening || !call.waiting_since) return absl::OkStatus();
  Advance(tx, call, calls_.Turns(tx, call_id), std::nullopt, wall);
  calls_.Save(tx, call);
  return absl::OkStatus();
}

absl::Status Assessments::Close(platform::Transaction& tx, std::string_view call_id, std::string_view site,
                                int last_turn, Time closed_at, Time wall) const {
  WatchedCall call = calls_.Lock(tx, call_id, site);
  if (!call.opening) return NeverOpened();
  call.closed_at = closed_at;
  call.last_turn = last_turn;
  Advance(tx, call, calls_.Turns(tx, call_id), std::nullopt, wall);
  calls_.Save(tx, call);
  return absl::OkStatus();
}

absl::Status Assessments::GiveUpWaiting(platform::Transaction& tx, std::string_view call_id, Time seen_by,
                                        Time wall) const {
  WatchedCall call = calls_.Lock(tx, call_id, "");
  if (!call.opening || !call.waiting_since) return absl::OkStatus();
  Advance(tx, call, calls_.Turns(tx, call_id), seen_by, wall);
  calls_.Save(tx, call);
  return absl::OkStatus();
}

void Assessments::Advance(platform::Transaction& tx, WatchedCall& call, const std::vector<WatchedTurn>& turns,
                          std::optional<Time> give_up, Time wall) const {
  const std::vector<HeardTurn> heard = HeardOf(turns);
  std::vector<TurnRisk> risks;
  // A wait that was for no turn was for the review.
  Time review_waits_since = call.waiting_since.value_or(wall);
  call.waiting_since.reset();
  for (std::size_t i = 0; i < turns.size(); ++i) {
    if (turns[i].final) {
      risks.push_back(*turns[i].final);
      continue;
    }
    if (MustWait(turns[i], give_up)) {
      call.waiting_since = turns[i].seen_at;
      return;
    }
    const Turn& turn = turns[i].heard.turn;
    risks.push_back(model_.Assess(*call.opening, std::span{heard}.first(i + 1), risks));
    const TurnRisk& risk = risks.back();
    calls_.KeepFinal(tx, *call.opening, risk, model_.version());
    events_.RiskAssessed(tx, *call.opening, risk, /*preliminary=*/false, model_.version(), turn.said_at);
    alerts_.Warn(tx, call, risk, turn.said_at, wall);
    call.assessed_through = turn.number;
    review_waits_since = wall;
    tx.OnCommit([&metrics = metrics_, degraded = risk.degraded] {
      metrics.Add("hotline_escalation_turns_total", 1, {{"degraded", degraded ? "true" : "false"}});
    });
  }
  ReviewWhenOver(tx, call, turns, review_waits_since, give_up);
}

void Assessments::SpeakAtOnce(platform::Transaction& tx, WatchedCall& call, const std::vector<WatchedTurn>& turns,
                              Time wall) const {
  const std::vector<HeardTurn> heard = HeardOf(turns);
  const std::optional<TurnRisk> risk = model_.HardRules(*call.opening, heard);
  if (!risk) return;
  const Time said_at = heard.back().turn.said_at;
  calls_.KeepPreliminary(tx, *call.opening, *risk, model_.version());
  events_.RiskAssessed(tx, *call.opening, *risk, /*preliminary=*/true, model_.version(), said_at);
  alerts_.Warn(tx, call, *risk, said_at, wall);
}

void Assessments::ReviewWhenOver(platform::Transaction& tx, WatchedCall& call, const std::vector<WatchedTurn>& turns,
                                 Time waits_since, std::optional<Time> give_up) const {
  if (!call.closed_at || call.reviewed) return;
  const bool late = give_up && waits_since <= *give_up;
  if (IsSpoken(turns) && !call.understood && !late) {
    call.waiting_since = waits_since;
    return;
  }
  const Conduct conduct = ReviewConduct(HeardOf(turns), call.soothed);
  calls_.KeepReview(tx, call.call_id, conduct);
  events_.CallReviewed(tx, *call.opening, conduct, *call.closed_at);
  call.reviewed = true;
}

}  // namespace hotline::escalation
