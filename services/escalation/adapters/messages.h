#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <hotline/classification/v1/classification_events.pb.h>
#include <hotline/escalation/v1/escalation_events.pb.h>
#include <hotline/intake/v1/intake_events.pb.h>

#include "escalation/domain/alert.h"
#include "escalation/domain/conduct.h"
#include "escalation/domain/risk.h"

namespace hotline::escalation {

// The domain's words as the contracts spell them, in answers, in events and in stored rows, and back.

[[nodiscard]] v1::TurnRiskAssessed ToMessage(const CallOpening& opening, const TurnRisk& risk, bool preliminary,
                                             std::string_view model);
[[nodiscard]] v1::Conduct ToMessage(const Conduct& conduct);
[[nodiscard]] Conduct ConductFrom(const v1::Conduct& message);
[[nodiscard]] v1::Alert ToMessage(const Alert& alert);

[[nodiscard]] CallOpening OpeningFrom(const intake::v1::CallOpened& message);
/// Nothing for an agent's turn, and for a feeling this binary does not know: the words alone must do.
[[nodiscard]] std::optional<TurnReading> ReadingFrom(const classification::v1::TurnUnderstood& message);
/// Without the words, which the turn has.
[[nodiscard]] classification::v1::TurnUnderstood ToMessage(const TurnReading& reading);
/// Nothing for a caller's turn, and where an act is named that this binary does not know.
[[nodiscard]] std::vector<HeardSentence> SentencesFrom(const classification::v1::TurnUnderstood& message);
[[nodiscard]] classification::v1::TurnUnderstood ToMessage(std::span<const HeardSentence> sentences);
[[nodiscard]] SoothedVoice SoothedFrom(const classification::v1::SoothedScores& message);
[[nodiscard]] classification::v1::SoothedScores ToMessage(const SoothedVoice& soothed);
[[nodiscard]] TurnRisk RiskFrom(const v1::TurnRiskAssessed& message);
[[nodiscard]] std::vector<Evidence> ReasonsFrom(const google::protobuf::RepeatedPtrField<common::v1::Evidence>& from);

/// A message as a column keeps it, and back. Throws std::runtime_error when the row is damaged.
[[nodiscard]] std::string ToColumn(const google::protobuf::Message& message);
void FromColumn(std::string_view column, google::protobuf::Message& message);

template <typename Message>
[[nodiscard]] Message FromColumn(std::string_view column) {
  Message message;
  FromColumn(column, message);
  return message;
}

}  // namespace hotline::escalation
