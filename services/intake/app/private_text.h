#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "intake/domain/call.h"
#include "intake/domain/contact.h"

namespace hotline::intake {

/// A text as it may be kept and published, and what was taken out of it.
struct MaskedText {
  std::string text;
  std::vector<PrivateMention> mentions;
};

/// Masks phones, identity numbers, cards, plates and self-given names (language/masking.h).
[[nodiscard]] MaskedText MaskText(std::string_view text);

/// A turn as it came, and its texts as they may be kept.
struct HeardTurn {
  Turn said;
  MaskedText title;
  MaskedText text;
};

/// What costs most of a turn, and needs no transaction: to be done before one.
[[nodiscard]] HeardTurn Hear(Turn said);

}  // namespace hotline::intake
