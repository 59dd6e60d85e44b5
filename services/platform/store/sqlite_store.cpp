#include "platform/store/sqlite_store.h"

#include <utility>

#include "platform/store/sqlite_engine.h"

namespace hotline::platform {

std::unique_ptr<Store> OpenSqliteStore(const std::filesystem::path& file, StoreOptions options) {
  return std::make_unique<SqlStore>(std::make_unique<SqliteEngine>(file), std::move(options));
}

}  // namespace hotline::platform
