#pragma once

#include <vector>

#include "intake/domain/understanding.h"

namespace hotline::intake {

/// What a supervisor was warned of in red during a call (escalation.v1.TurnRiskAssessed), and nobody called a false
/// alarm.
struct HeardPeril {
  Peril peril = Peril::kLife;
  std::vector<Evidence> evidence;
};

/// What was heard during the call reaches its cases. `matters`: at least one.
///
/// Danger to a life that a rule names is a case of help (求助), before whatever else the caller came with: whoever asks
/// what becomes of the heating they have paid for, and means to be dead by spring, has asked no question. What only
/// sounds like danger to a model, and a report (举报) of it, stay the one case they are. Those who rescue are among its
/// departments, and lead where somebody's hand is what endangers. It and what a crowd is about to do are a crisis:
/// nothing that an answer or a legal route would end, and followed up by a person. Where an informant was made known,
/// all that comes of the call is confidential.
void Heed(const HeardPeril& heard, std::vector<UnderstoodMatter>& matters);

/// The same for a case that was drafted before the red came: its marks and evidence, no other case and no other state.
/// False when it knew already.
[[nodiscard]] bool Mark(const HeardPeril& heard, Case& filed);

}  // namespace hotline::intake
