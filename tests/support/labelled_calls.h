#pragma once

#include <string>
#include <string_view>

namespace hotline::tests {

/// A labelled call of tests/data/calls/dataset.jsonl, as its line has it. Throws std::runtime_error when there is none
/// of that id.
[[nodiscard]] std::string LabelledCall(std::string_view id);

}  // namespace hotline::tests
