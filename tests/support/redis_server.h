#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace hotline::tests {

/// A real redis-server as a child process that keeps nothing on disk, at one port of this machine for as long as this
/// object lives: it can be killed and started again. It dies with the test program.
class RedisServer {
 public:
  /// `password`: empty for none.
  explicit RedisServer(std::filesystem::path folder, std::string password = "");
  ~RedisServer() { Kill(); }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  /// Returns once it answers. Throws when it ends or takes over 20 s.
  void Start();
  /// SIGKILL, and waits until it is gone.
  void Kill();
  void Pause();   ///< SIGSTOP: its port takes connections, and nobody answers.
  void Resume();  ///< SIGCONT

  /// Asks it on a connection of its own: the answer as text, an error with its words, nothing as "(nil)", an array as
  /// lines.
  std::string Ask(const std::vector<std::string>& words) const;

  /// "127.0.0.1:23456", from the first start on.
  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  bool Answers() const;

  const std::filesystem::path folder_;
  const std::string password_;
  int port_ = 0;
  std::string address_;
  pid_t pid_ = -1;
};

}  // namespace hotline::tests
