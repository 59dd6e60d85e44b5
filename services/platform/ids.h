#pragma once

#include <string>

#include "platform/time.h"

namespace hotline::platform {

/// A ULID: 26 characters, sorts by `time`, unique; grows within one millisecond of one process. Thread-safe.
[[nodiscard]] std::string NewUlid(Time time);

}  // namespace hotline::platform
