#pragma once

#include <filesystem>
#include <memory>

#include "platform/store/sql_store.h"

namespace hotline::platform {

/// Opens or makes the SQLite file of one service. Throws StoreError, naming the file, when that fails.
[[nodiscard]] std::unique_ptr<Store> OpenSqliteStore(const std::filesystem::path& file, StoreOptions options);

}  // namespace hotline::platform
