#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::tests {

/// A PostgreSQL cluster of its own, in a temporary folder and at one free port of this machine: it can be killed and
/// started again. Durable (fsync), in the collation of a person rather than of a machine. Runs as the user postgres
/// where this program runs as root, whom the server refuses. Dies with the test program.
class PostgresServer {
 public:
  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// Returns once it takes connections. Throws when it ends or takes over 60 s.
  void Start();
  /// SIGKILL to every process of it, and waits until they are gone.
  void Kill();
  /// A fast shutdown: open transactions are rolled back.
  void Stop();
  /// SIGSTOP and SIGCONT to every process of it: a server that hangs.
  void Freeze();
  void Thaw();

  /// A connection string of a database; "postgres" is there from the beginning.
  [[nodiscard]] std::string where(const std::string& database = "postgres") const;
  /// Makes an empty database when there is none of this name. Returns its connection string.
  std::string Database(const std::string& name);
  /// Runs SQL as the cluster's owner. Throws when it fails.
  void Run(const std::string& sql) const;

  [[nodiscard]] int port() const { return port_; }

 private:
  [[nodiscard]] std::vector<pid_t> Processes() const;
  void Signal(int signal) const;
  void Wait();

  std::filesystem::path folder_;
  int port_ = 0;
  pid_t pid_ = -1;
};

/// The server of this test program: started by the first that asks, stopped at the end.
PostgresServer& SharedPostgres();

}  // namespace hotline::tests
