#pragma once

#include <vector>

#include "platform/runtime/module.h"

namespace hotline {

/// The five services, for a process that runs them all.
[[nodiscard]] std::vector<platform::ModuleFactory> AllModules();

}  // namespace hotline
