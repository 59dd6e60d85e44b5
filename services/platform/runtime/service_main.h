#pragma once

#include <string_view>
#include <vector>

#include "platform/runtime/module.h"

namespace hotline::platform {

/// Reads the configuration, opens the resources, serves the modules until SIGINT or SIGTERM, and
/// stops in order: NOT_SERVING, drain, consumers, server, workers, relay, flush.
/// Returns the exit status; a bad setting is named on standard error and nothing starts.
int ServiceMain(std::string_view name, int argc, char** argv, const std::vector<ModuleFactory>& factories);

}  // namespace hotline::platform
