#pragma once

#include <memory>

#include "hotline/cli/connection.h"

namespace hotline::cli {

/// A connection for commands that only read texts (classify, emotion, satisfaction): where no server is named and none
/// runs at the default address they start what they need inside themselves, and say so. Throws Failure.
[[nodiscard]] std::unique_ptr<Connection> OpenForTexts(ConnectionFlags flags);

}  // namespace hotline::cli
