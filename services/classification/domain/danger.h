#pragma once

#include <optional>
#include <span>
#include <string>

#include "classification/domain/turn.h"

namespace hotline::classification {

/// Danger to a life or to public order, in words that say so. Most who use such words mean a sale, a drill or the time
/// after this one: where an encoder heard the turn, it must not have heard them used harmlessly.
struct Emergency {
  std::string number;   ///< 110, 119, 120 or 12356: who should know of it.
  bool crisis = false;  ///< The caller's own life.
  Evidence evidence;    ///< EMERGENCY
};

/// `readings`: one for each caller's turn.
[[nodiscard]] std::optional<Emergency> FindEmergency(std::span<const Turn> turns,
                                                     std::span<const CallerReading> readings);

/// Danger to a life as an encoder hears it, whatever the words; where none heard the turn, FindEmergency(). EMERGENCY.
[[nodiscard]] std::optional<Evidence> HearDanger(std::span<const Turn> turns, std::span<const CallerReading> readings);

/// The agent has called for help, or does so now, or connects the caller: whom. Telling a caller to call there is not
/// it, nor is passing a case on to the police as a department.
struct HandOver {
  std::string number;  ///< 110, 119, 120 or 12356
  Evidence evidence;   ///< HANDED_OVER
};
[[nodiscard]] std::optional<HandOver> FindHandOver(std::span<const Turn> turns);

}  // namespace hotline::classification
