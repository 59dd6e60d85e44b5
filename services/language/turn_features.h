#pragma once

#include <string_view>

#include "language/cues.h"
#include "language/linear_head.h"

namespace hotline::language {

/// What the heads read of one turn: its characters (one to three in a row), the groups of cues in it, how it is
/// spoken. Punctuation may be full-width, half-width or missing; a feature of it is never the only one of its kind.
[[nodiscard]] Features FeaturesOf(std::string_view turn, const Cues& cues);

}  // namespace hotline::language
