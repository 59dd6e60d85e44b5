#pragma once

#include <string>

#include "language/linear_head.h"

namespace hotline::classification {

/// Throws std::runtime_error naming the file that cannot be written.
void Write(const language::LinearHead& head, const std::string& file);

}  // namespace hotline::classification
