#pragma once

#include <string>

#include "contract/platform_testing.h"
#include "support/postgres_server.h"

namespace hotline::platform::testing {

/// A schema for one test: those of another folder are not its own.
inline std::string SchemaOf(const TemporaryFolder& folder) {
  const std::string name = folder.path().filename();
  return "test_" + name.substr(name.rfind(' ') + 1);
}

}  // namespace hotline::platform::testing
