#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "contract/platform_testing.h"
#include "contract/postgres_testing.h"
#include "platform/store/postgres_store.h"
#include "platform/store/sqlite_store.h"

namespace hotline::platform::testing {

/// A database that keeps what every store promises.
struct StoreKind {
  const char* name;
  std::function<std::unique_ptr<Store>(const TemporaryFolder&, StoreOptions)> open;
};

inline StoreKind Sqlite() {
  return {"sqlite", [](const TemporaryFolder& folder, StoreOptions options) {
            return OpenSqliteStore(folder / "store.db", std::move(options));
          }};
}
inline StoreKind Postgres() {
  return {"postgresql", [](const TemporaryFolder& folder, StoreOptions options) {
            return OpenPostgresStore(tests::SharedPostgres().where(), SchemaOf(folder), std::move(options));
          }};
}
inline std::string NameOf(const ::testing::TestParamInfo<StoreKind>& kind) { return kind.param.name; }

}  // namespace hotline::platform::testing
