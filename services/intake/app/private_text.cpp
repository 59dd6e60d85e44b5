#include "intake/app/private_text.h"

#include <utility>

#include "language/masking.h"

namespace hotline::intake {

MaskedText MaskText(std::string_view text) {
  language::MaskedText masked = language::MaskPrivate(text);
  MaskedText result{.text = std::move(masked.text), .mentions = {}};
  for (language::PrivateFinding& finding : masked.findings) {
    result.mentions.push_back({.kind = std::string{language::Name(finding.kind)}, .words = std::move(finding.value)});
  }
  return result;
}

HeardTurn Hear(Turn said) {
  HeardTurn heard{.said = std::move(said), .title = {}, .text = {}};
  heard.title = MaskText(heard.said.title);
  heard.text = MaskText(heard.said.text);
  return heard;
}

}  // namespace hotline::intake
