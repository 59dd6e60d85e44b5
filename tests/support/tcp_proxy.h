#pragma once

#include <sys/types.h>

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace hotline::tests {

/// Stands between processes of this machine and one server, at a free port of its own, and parts one of them from it:
/// what iptables does, for any user. Whose a connection is, the system's tables tell. Thread-safe; a thread of its own.
class TcpProxy {
 public:
  /// `server` tells the server's address for each connection, empty while it has none.
  explicit TcpProxy(std::function<std::string()> server);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  /// Nothing passes between the process and the server, in either direction, and nobody is told: packets that are lost.
  void Stall(pid_t process);
  /// The process's connections are reset, and so is each new one.
  void Cut(pid_t process);
  /// All pass again. What was stalled comes late, as what is sent again by TCP does.
  void Heal();

  /// "127.0.0.1:23456"
  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  struct Connection;
  enum class Mode { kPass, kStall, kCut };

  void Set(Mode mode, pid_t process);
  void Run();
  void Accept();
  void Judge(Connection& connection);
  void ReadSockets();

  const std::function<std::string()> server_;
  const int door_;
  const int port_;
  const std::string address_;

  std::mutex mutex_;
  Mode mode_ = Mode::kPass;
  pid_t process_ = 0;
  std::set<std::string> sockets_;  // Of that process, as its descriptors name them.
  std::list<std::unique_ptr<Connection>> connections_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace hotline::tests
