#include "escalation/domain/call.h"

namespace hotline::escalation {

ConcernReading ConcernsOf(const HeardTurn& heard) {
  const bool encoder = heard.reading && heard.reading->concern;
  return ConcernHead::Get().Read(heard.turn.text, encoder ? &*heard.reading->concern : nullptr);
}

}  // namespace hotline::escalation
