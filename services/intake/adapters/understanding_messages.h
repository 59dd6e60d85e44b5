#pragma once

#include <optional>
#include <string_view>

#include "intake/app/ports.h"

namespace hotline::intake {

/// What classification.v1.CallUnderstood says. Throws std::runtime_error for bytes that are none.
[[nodiscard]] CallUnderstanding UnderstandingIn(std::string_view call_understood);

/// The cited answer of a knowledge.v1.AdviceGiven; nothing when it gives none.
[[nodiscard]] std::optional<KnowledgeAnswer> AnswerIn(std::string_view advice_given);

/// What a red escalation.v1.TurnRiskAssessed is for; nothing below red, or where it does not say.
[[nodiscard]] std::optional<HeardPeril> PerilIn(std::string_view risk_assessed);

/// Whether an escalation.v1.AlertChanged is a red alert that a supervisor calls a false alarm.
[[nodiscard]] bool IsFalseRed(std::string_view alert_changed);

}  // namespace hotline::intake
