#pragma once

#include <chrono>
#include <filesystem>

#include "support/postgres_server.h"

namespace hotline::bench {

/// PostgreSQL's own measure: a case, its event in an outbox and its request id, in prepared SQL, a transaction each.
class Pgbench {
 public:
  /// Makes its tables: the columns and indexes that matter of Hotline's own.
  Pgbench(const tests::PostgresServer& server, std::filesystem::path folder);

  /// Transactions a second of so many clients.
  [[nodiscard]] double Run(int clients, std::chrono::seconds time) const;

 private:
  const tests::PostgresServer& server_;
  const std::filesystem::path script_;
};

}  // namespace hotline::bench
