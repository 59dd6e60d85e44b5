#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "intake/domain/case.h"

namespace hotline::intake {

inline constexpr int kMaxTurns = 1000;

/// What a person said in one breath. `text` is masked.
struct Turn {
  int turn = 0;  ///< 1-based over both speakers.
  Speaker speaker = Speaker::kCaller;
  std::int64_t at_ms = 0;  ///< Since the call's start.
  std::string text;
  std::string title;        ///< A message's subject line.
  std::string fingerprint;  ///< Keyed hash of the words as they came: tells a repeat from another turn.
};

/// A call, or a message as a call of one turn; and what its siblings have said of it so far.
struct Call {
  std::string call_id;
  std::string site;
  std::string region;
  Channel channel = Channel::kPhone;
  bool message = false;
  Time started_at;
  std::string caller_token;
  std::vector<std::string> caller_tags;
  std::string agent_id;
  bool confidential = false;
  std::string external_actor;  ///< Who sent `external_id`, which is unique to it.
  std::string external_id;

  int last_turn = 0;
  int last_caller_turn = 0;
  std::int64_t last_at_ms = 0;
  std::optional<Time> closed_at;       ///< The call's clock.
  std::optional<Time> closed_wall_at;  ///< What waits for siblings count from.

  int risk_through = 0;    ///< Last turn with its final risk.
  int advice_through = 0;  ///< Last caller turn with its advice.
  bool reviewed = false;
  bool understanding_came = false;
  bool drafted = false;
  bool understood = false;  ///< The cases were drafted from an understanding.
  bool settled = false;
  std::int64_t feed_length = 0;

  [[nodiscard]] bool closed() const { return closed_at.has_value(); }
  [[nodiscard]] Time At(std::int64_t at_ms) const { return started_at + std::chrono::milliseconds{at_ms}; }
  /// The call's clock when the wall says `wall_now`, for what happens after the call.
  [[nodiscard]] Time BusinessTime(Time wall_now) const;
  /// Every turn assessed and advised on, and the call reviewed.
  [[nodiscard]] bool assessed() const {
    return reviewed && risk_through >= last_turn && advice_through >= last_caller_turn;
  }
};

/// What to do with a turn that came.
enum class TurnVerdict { kNew, kRepeat };

/// The turn's number is filled in where the server counts. kRepeat: a turn up to last_turn, to be compared with the
/// kept one. FAILED_PRECONDITION: a gap (naming the expected turn), or the call is closed. INVALID_ARGUMENT: at_ms
/// fell.
[[nodiscard]] absl::StatusOr<TurnVerdict> CheckTurn(const Call& call, Turn& turn);

/// Takes up a new turn.
void Append(Call& call, const Turn& turn);

/// OK, and the call is closed. FAILED_PRECONDITION when it was; INVALID_ARGUMENT when at_ms fell. 0: at the last turn.
[[nodiscard]] absl::Status Close(Call& call, std::int64_t at_ms, Time wall_now);

}  // namespace hotline::intake
