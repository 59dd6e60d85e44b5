#pragma once

#include <hotline/classification/v1/classification_events.pb.h>

#include "classification/domain/reader.h"

namespace hotline::classification {

[[nodiscard]] v1::TurnUnderstood ToMessage(const CallOpening& opening, const Turn& turn,
                                           const TurnUnderstanding& understanding, std::string_view model);
[[nodiscard]] v1::CallUnderstood ToMessage(const CallOpening& opening, const CallUnderstanding& understanding,
                                           std::string_view model);
[[nodiscard]] v1::UnderstoodCase ToMessage(const UnderstoodCase& understood);
[[nodiscard]] v1::ScoredKind ToMessage(const Scored<CaseKind>& kind);
[[nodiscard]] v1::ScoredLabel ToMessage(const Scored<std::string>& label);

/// What ReadingOf() made of a caller's turn, from what was published of it.
[[nodiscard]] CallerReading ReadingFrom(const v1::TurnUnderstood& understood);

}  // namespace hotline::classification
