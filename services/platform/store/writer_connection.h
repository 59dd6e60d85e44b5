#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "platform/store/sql_connection.h"

namespace hotline::platform {

/// The connection of one writer's thread: made when it is needed, and anew when it was lost.
class WriterConnection {
 public:
  /// `engine` must outlive it. `source`: whose it is, for the log.
  WriterConnection(const SqlEngine& engine, std::string source) : engine_{engine}, source_{std::move(source)} {}

  /// After Begin().
  SqlConnection* operator->() const { return connection_.get(); }
  SqlConnection& operator*() const { return *connection_; }

  /// Begins a transaction, on a new connection where there is none or the server was away while this one lay idle.
  /// Throws StoreError.
  void Begin(const SqlConnection::Limits& limits);
  void Rollback();
  void ForgetIfLost();

  /// See SqlEngine::remote().
  [[nodiscard]] bool remote() const { return engine_.remote(); }

 private:
  /// Throws StoreError; not before a while when it has just failed.
  void Connect();

  const SqlEngine& engine_;
  const std::string source_;
  std::unique_ptr<SqlConnection> connection_;
  bool connected_ = false;  // It was, once.
  std::chrono::steady_clock::time_point connect_at_{};
};

}  // namespace hotline::platform
