#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "intake/domain/contact.h"

namespace hotline::intake {

/// A text as it may be kept and published, and what was taken out of it.
struct MaskedText {
  std::string text;
  std::vector<PrivateMention> mentions;
};

/// Masks phones, identity numbers, cards, plates and self-given names (language/masking.h).
[[nodiscard]] MaskedText MaskText(std::string_view text, int turn = 0);

}  // namespace hotline::intake
