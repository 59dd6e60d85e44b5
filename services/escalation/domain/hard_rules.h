#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "escalation/domain/call.h"

namespace hotline::escalation {

/// What the hard rules find in the last of `turns`: danger to life, group action, petition and public order, a leaked
/// informant. Every one found means red. Danger may be implied: two or three signs that add up, each in words that say
/// nothing alone (affairs put in order, a bridge at night; "没打错", somebody drunk at home; a charcoal pan all night,
/// and everybody wants to vomit), over however many turns. Harmless uses of the same words (a sale, a drill, a film, a
/// joke, a question how to petition) find nothing. In a letter an accident or illness must be of now ("正在", "快来"):
/// most tell of one that is over, or is a figure of speech.
///
/// Of an agent only what shows that danger has been understood counts: help that is sent, a question after death that
/// the caller does not deny, one that need only be answered by yes and is. The evidence is the agent's words and turn.
///
/// Codes: LIFE_SELF, LIFE_SELF_IMPLIED, LIFE_DANGER, LIFE_DANGER_IMPLIED, VIOLENCE, VIOLENCE_IMPLIED, GROUP_ACTION,
/// PETITION, PUBLIC_ORDER, PUBLIC_ORDER_IMPLIED, INFORMANT_LEAK, DEATH_ASKED, DANGER_ASKED, HELP_SENT.
[[nodiscard]] std::vector<Evidence> FindHardRules(const CallOpening& opening, std::span<const HeardTurn> turns);

/// `text` with every word blanked that sounds alarming and is not ("跳楼价", "救命稻草"), byte for byte as long.
[[nodiscard]] std::string WithoutHarmlessWords(std::string_view text);

}  // namespace hotline::escalation
