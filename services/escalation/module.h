#pragma once

#include <memory>

#include "platform/runtime/module.h"

namespace hotline::escalation {

/// The escalation service, built out of what the process gives it. Throws std::runtime_error when its schema cannot be
/// brought up to date.
[[nodiscard]] std::unique_ptr<platform::Module> MakeModule(platform::Resources& resources);

}  // namespace hotline::escalation
