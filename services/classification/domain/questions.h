#pragma once

#include <span>
#include <string>
#include <string_view>

#include "classification/domain/turn.h"

namespace hotline::classification {

/// The question a knowledge base would have to answer to this turn, as a clean sentence; empty when nothing is asked.
/// "那要带什么呢" leans on what was asked before: the latest full question of the call stands in front of it.
[[nodiscard]] std::string OpenQuestion(std::span<const Turn> before, const Turn& turn, std::string_view region);

/// The question of the whole call: as the agent repeated it, else the caller's first.
[[nodiscard]] std::string QuestionOfCall(std::span<const Turn> turns, std::string_view region);

}  // namespace hotline::classification
