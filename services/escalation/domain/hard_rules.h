#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "escalation/domain/call.h"

namespace hotline::escalation {

/// What the hard rules find in the last of `turns`: danger to life, group action, petition and public order, a leaked
/// informant. Every one found means red. Harmless uses of the same words (a sale, a drill, a film, a joke, a question
/// how to petition) find nothing. Agents' turns find nothing: they ask and repeat.
///
/// Codes: LIFE_SELF, LIFE_SELF_IMPLIED, LIFE_DANGER, VIOLENCE, GROUP_ACTION, PETITION, PUBLIC_ORDER, INFORMANT_LEAK.
[[nodiscard]] std::vector<Evidence> FindHardRules(const CallOpening& opening, std::span<const HeardTurn> turns);

/// Signs in one caller's turn that somebody may mean to end their life without saying so: places, farewells, things
/// put in order. One alone is no red.
[[nodiscard]] std::vector<Evidence> ImpliedDanger(const Turn& turn);

/// `text` with every word blanked that sounds alarming and is not ("跳楼价", "救命稻草"), byte for byte as long.
[[nodiscard]] std::string WithoutHarmlessWords(std::string_view text);

}  // namespace hotline::escalation
