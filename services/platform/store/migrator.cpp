#include "platform/store/migrator.h"

#include <string>

#include "platform/store/sql_connection.h"

namespace hotline::platform {
namespace {

constexpr std::string_view kTable =
    "CREATE TABLE IF NOT EXISTS schema_migrations (part TEXT NOT NULL, id BIGINT NOT NULL, name TEXT NOT NULL, "
    "applied_at BIGINT NOT NULL, PRIMARY KEY (part, id))";

std::int64_t Current(SqlConnection& connection, std::string_view part) {
  return connection.Query("SELECT coalesce(max(id), 0) FROM schema_migrations WHERE part = :1", {std::string{part}})
      .front()
      .Int(0);
}

/// One step and its mark, together or not at all.
template <typename Mark>
void Step(SqlConnection& connection, std::string_view script, Mark mark) {
  connection.Begin();
  try {
    connection.RunScript(std::string{script});
    mark();
    connection.Commit();
  } catch (...) {
    connection.Rollback();
    throw;
  }
}

absl::Status CheckIds(std::string_view part, std::span<const Migration> migrations, std::int64_t current,
                      std::int64_t id) {
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].id != static_cast<std::int64_t>(i) + 1) {
      return absl::InvalidArgumentError("migrations of " + std::string{part} + " are not numbered 1, 2, 3 …");
    }
  }
  const auto last = static_cast<std::int64_t>(migrations.size());
  if (id < 0 || id > last) return absl::InvalidArgumentError("there is no migration " + std::to_string(id));
  if (current > last) {
    return absl::FailedPreconditionError("the database is newer than this program: its " + std::string{part} +
                                         " schema is at " + std::to_string(current) + ", known up to " +
                                         std::to_string(last));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status MigratePart(SqlConnection& connection, std::string_view part, std::span<const Migration> migrations,
                         std::int64_t id, Time now) {
  std::string step = "schema_migrations";
  try {
    connection.RunScript(std::string{kTable});
    std::int64_t current = Current(connection, part);
    if (absl::Status checked = CheckIds(part, migrations, current, id); !checked.ok()) return checked;
    for (; current < id; ++current) {
      const Migration& next = migrations[static_cast<std::size_t>(current)];
      step = std::string{next.name} + " up";
      Step(connection, next.up, [&] {
        connection.Execute(
            "INSERT INTO schema_migrations (part, id, name, applied_at) VALUES (:1, :2, :3, :4)",
            {std::string{part}, next.id, std::string{next.name}, std::int64_t{now.time_since_epoch().count()}});
      });
    }
    for (; current > id; --current) {
      const Migration& last = migrations[static_cast<std::size_t>(current - 1)];
      step = std::string{last.name} + " down";
      Step(connection, last.down, [&] {
        connection.Execute("DELETE FROM schema_migrations WHERE part = :1 AND id = :2", {std::string{part}, last.id});
      });
    }
    return absl::OkStatus();
  } catch (const StoreError& error) {
    const absl::Status status = ToStatus(error);
    return {status.code(), "migration " + step + ": " + error.what()};
  }
}

absl::Status CheckPart(SqlConnection& connection, std::string_view part, std::span<const Migration> migrations) {
  std::int64_t current = 0;
  try {
    current = Current(connection, part);
  } catch (const StoreError& error) {
    if (error.kind() != StoreError::Kind::kStatement) return ToStatus(error);
    // No migration has ever run: not even the table is there.
  }
  if (current >= static_cast<std::int64_t>(migrations.size())) return absl::OkStatus();
  return absl::FailedPreconditionError("the " + std::string{part} + " schema is at " + std::to_string(current) +
                                       ", this program needs " + std::to_string(migrations.size()) +
                                       ": bring it up with the command migrate");
}

}  // namespace hotline::platform
