#include "intake/domain/call.h"

#include <algorithm>

#include <absl/strings/str_cat.h>

#include "platform/rpc/status.h"

namespace hotline::intake {
namespace {

absl::Status Closed() {
  return platform::WithReason(absl::FailedPreconditionError("the call is closed"), "CALL_CLOSED");
}

}  // namespace

Time Call::BusinessTime(Time wall_now) const {
  if (!closed_at || !closed_wall_at) return At(last_at_ms);
  return *closed_at + std::max(wall_now - *closed_wall_at, std::chrono::milliseconds{0});
}

absl::StatusOr<TurnVerdict> CheckTurn(const Call& call, Turn& turn) {
  if (turn.turn != 0 && turn.turn <= call.last_turn) return TurnVerdict::kRepeat;
  if (call.closed()) return Closed();
  const int expected = call.last_turn + 1;
  if (turn.turn == 0) turn.turn = expected;
  if (turn.turn != expected) {
    return platform::WithReason(
        absl::FailedPreconditionError(absl::StrCat("turn ", turn.turn, " came, turn ", expected, " is expected")),
        "TURN_OUT_OF_ORDER");
  }
  if (expected > kMaxTurns) {
    return platform::WithReason(absl::FailedPreconditionError("a call has at most 1,000 turns"), "TOO_MANY_TURNS");
  }
  if (turn.at_ms < call.last_at_ms) {
    return platform::BadField("turn.at_ms", absl::StrCat("must not fall; the last was ", call.last_at_ms));
  }
  return TurnVerdict::kNew;
}

void Append(Call& call, const Turn& turn) {
  call.last_turn = turn.turn;
  call.last_at_ms = turn.at_ms;
  if (turn.speaker == Speaker::kCaller) call.last_caller_turn = turn.turn;
}

absl::Status Close(Call& call, std::int64_t at_ms, Time wall_now) {
  if (call.closed()) return Closed();
  if (at_ms != 0 && at_ms < call.last_at_ms) {
    return platform::BadField("at_ms", absl::StrCat("must not fall; the last turn was at ", call.last_at_ms));
  }
  call.last_at_ms = std::max(at_ms, call.last_at_ms);
  call.closed_at = call.At(call.last_at_ms);
  call.closed_wall_at = wall_now;
  return absl::OkStatus();
}

}  // namespace hotline::intake
