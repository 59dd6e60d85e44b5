#pragma once

#include <memory>

#include "platform/runtime/module.h"

namespace hotline::knowledge {

/// The knowledge service, built out of what the process gives it. Throws when the database is newer than this binary.
[[nodiscard]] std::unique_ptr<platform::Module> MakeModule(platform::Resources& resources);

}  // namespace hotline::knowledge
