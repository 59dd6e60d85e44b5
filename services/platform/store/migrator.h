#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <absl/status/status.h>

#include "platform/store/store.h"

namespace hotline::platform {

class SqlConnection;

/// Brings one part of a schema ("platform", "service") to migration `id`, a transaction a step, remembered in table
/// schema_migrations. FAILED_PRECONDITION when the database has a migration that is not in the list.
[[nodiscard]] absl::Status MigratePart(SqlConnection& connection, std::string_view part,
                                       std::span<const Migration> migrations, std::int64_t id, Time now);

/// OK when that part is at the last of `migrations` or beyond, because schemas only grow; else FAILED_PRECONDITION.
/// Changes nothing.
[[nodiscard]] absl::Status CheckPart(SqlConnection& connection, std::string_view part,
                                     std::span<const Migration> migrations);

}  // namespace hotline::platform
