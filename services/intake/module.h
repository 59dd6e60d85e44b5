#pragma once

#include <memory>

#include "platform/runtime/module.h"

namespace hotline::intake {

/// The intake service, built out of what the process gives it. Throws std::runtime_error when its settings are wrong or
/// its schema cannot be brought up to date.
[[nodiscard]] std::unique_ptr<platform::Module> MakeModule(platform::Resources& resources);

}  // namespace hotline::intake
