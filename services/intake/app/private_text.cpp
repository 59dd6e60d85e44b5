#include "intake/app/private_text.h"

#include <utility>

#include "language/masking.h"

namespace hotline::intake {

MaskedText MaskText(std::string_view text, int turn) {
  language::MaskedText masked = language::MaskPrivate(text);
  MaskedText result{.text = std::move(masked.text), .mentions = {}};
  for (language::PrivateFinding& finding : masked.findings) {
    result.mentions.push_back(
        {.kind = std::string{language::Name(finding.kind)}, .words = std::move(finding.value), .turn = turn});
  }
  return result;
}

}  // namespace hotline::intake
