#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <absl/status/status.h>

#include "platform/store/sql_engine.h"
#include "platform/time.h"

namespace hotline::platform {

/// Brings a database's schema, the platform's part and the service's, up to the newest, or the service's to migration
/// `to`. One process at a time; another one waits. Errors as Store::MigrateTo().
[[nodiscard]] absl::Status MigrateDatabase(const SqlEngine& engine, std::span<const Migration> service,
                                           std::optional<std::int64_t> to, Time now);

}  // namespace hotline::platform
