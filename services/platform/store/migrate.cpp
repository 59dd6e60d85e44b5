#include "platform/store/migrate.h"

#include "platform/migrations.h"
#include "platform/store/migrator.h"
#include "platform/store/sql_connection.h"

namespace hotline::platform {

absl::Status MigrateDatabase(const SqlEngine& engine, std::span<const Migration> service,
                             std::optional<std::int64_t> to, Time now) {
  try {
    SqlConnection connection{engine, Access::kMigration};
    connection.LockForMigration();
    const auto own = Migrations();
    const auto newest = [](std::span<const Migration> migrations) {
      return static_cast<std::int64_t>(migrations.size());
    };
    if (absl::Status done = MigratePart(connection, "platform", own, newest(own), now); !done.ok()) return done;
    return MigratePart(connection, "service", service, to.value_or(newest(service)), now);
  } catch (const StoreError& error) {
    return ToStatus(error);
  }
}

}  // namespace hotline::platform
