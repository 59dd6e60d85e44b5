#pragma once

#include <hotline/knowledge/v1/knowledge_service.pb.h>

#include "knowledge/app/ports.h"

namespace hotline::knowledge {

// Domain to wire and back. What comes from the wire was checked by rpc/requests.h.

[[nodiscard]] v1::Article ToMessage(const Article& article);
[[nodiscard]] Article FromMessage(const v1::Article& message);
[[nodiscard]] v1::Phrase ToMessage(const Phrase& phrase);
[[nodiscard]] Phrase FromMessage(const v1::Phrase& message);
[[nodiscard]] v1::Gap ToMessage(const Gap& gap);
[[nodiscard]] v1::ServedAnswer ToMessage(const ServedAnswer& served);

/// A candidate as the cited answer to `question`.
[[nodiscard]] v1::Answer ToMessage(const Candidate& answer, std::string_view question);
/// The same, and how unsure it is that the record still says so.
[[nodiscard]] v1::AdviceGiven ToMessage(const Advice& advice);

}  // namespace hotline::knowledge
