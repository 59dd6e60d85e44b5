#pragma once

#include "language/cues.h"

namespace hotline::classification {

/// The groups of data/cues.json, compiled in: features that the heads weigh, and the evidence of rules. Built once.
[[nodiscard]] const language::Cues& SpokenCues();

}  // namespace hotline::classification
