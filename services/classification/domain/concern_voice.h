#pragma once

#include <string_view>

#include "classification/domain/turn.h"

namespace hotline::classification {

/// How sure an encoder is that a turn tells of this concern ("leak", "danger"), by itself; 0 where it knows of none.
[[nodiscard]] double SureOf(const ConcernVoice& concern, std::string_view name);

}  // namespace hotline::classification
