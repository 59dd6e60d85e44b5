#pragma once

#include <optional>
#include <string_view>

#include "intake/app/ports.h"

namespace hotline::intake {

/// What classification.v1.CallUnderstood says. Throws std::runtime_error for bytes that are none.
[[nodiscard]] CallUnderstanding UnderstandingIn(std::string_view call_understood);

/// The cited answer of a knowledge.v1.AdviceGiven; nothing when it gives none.
[[nodiscard]] std::optional<KnowledgeAnswer> AnswerIn(std::string_view advice_given);

}  // namespace hotline::intake
