#pragma once

#include <span>
#include <string>

#include "language/head_training.h"

namespace hotline::escalation {

/// How the head of concerns is fitted: most turns tell nothing, and many false alarms would come of forgetting it.
inline constexpr language::Fit kConcernFit{.decay = 1e-3, .rarity = .5};

/// What the head of concerns is trained on: labelled turns by themselves (`labelled`: lines "label<TAB>turn"), and
/// those of labelled calls (`call_turns`: lines "call<TAB>turn<TAB>label", what a reader of the call so far said each
/// turn tells; `calls`: JSONL files with their words). Throws std::runtime_error.
[[nodiscard]] language::LabelledTurns ReadConcernRows(const std::string& labelled, const std::string& call_turns,
                                                      std::span<const std::string> calls);

}  // namespace hotline::escalation
