#pragma once

#include <memory>
#include <string>

#include "platform/store/sql_store.h"

namespace hotline::platform {

/// Opens the schema of one service in a PostgreSQL database, made where there is none. Any number of processes may have
/// it open: they tell each other what was published (Store::siblings()).
///
/// `where`: "host=… dbname=… user=…" or "postgresql://…". Throws StoreError when the database is away now; once open,
/// work and reads answer UNAVAILABLE while it is, and go on once it is back.
[[nodiscard]] std::unique_ptr<Store> OpenPostgresStore(const std::string& where, const std::string& schema,
                                                       StoreOptions options);

}  // namespace hotline::platform
