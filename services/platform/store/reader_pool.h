#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <absl/status/status.h>

#include "platform/store/sql_connection.h"
#include "platform/store/store.h"

namespace hotline::platform {

/// Connections that read, made when they are wanted; a read waits for one. One that was lost is made anew by the next
/// read. Thread-safe.
class ReaderPool {
 public:
  /// `engine` must outlive the pool. `most`: of connections.
  ReaderPool(const SqlEngine& engine, std::size_t most) : engine_{engine}, most_{most} {}

  /// See Store::Read().
  absl::Status Read(const std::function<absl::Status(Session&)>& work);

 private:
  /// Nothing when all are in use for too long.
  std::unique_ptr<SqlConnection> Acquire(std::chrono::steady_clock::time_point deadline);
  void Release(std::unique_ptr<SqlConnection> reader);
  /// Begins a read; a connection that was lost while it lay idle is made anew.
  void Begin(std::unique_ptr<SqlConnection>& reader, const SqlConnection::Limits& limits);
  absl::Status Run(std::unique_ptr<SqlConnection>& reader, const SqlConnection::Limits& limits,
                   const std::function<absl::Status(Session&)>& work);

  const SqlEngine& engine_;
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<std::unique_ptr<SqlConnection>> idle_;
  std::size_t open_ = 0;
};

}  // namespace hotline::platform
