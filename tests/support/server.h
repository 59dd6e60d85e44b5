#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/channel.h>

namespace hotline::tests {

/// A temporary directory, removed at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A port that was free a moment ago, on 127.0.0.1.
[[nodiscard]] int FreePort();

/// The real program, `hotline up`, as a child process on a fixed port: it can be killed and started again.
class Server {
 public:
  explicit Server(std::filesystem::path data);
  ~Server();  ///< SIGTERM, and waits.

  /// Starts the process and returns once its health service says SERVING. Throws when it ends or takes over 20 s.
  void Start();
  /// SIGKILL, and waits until it is gone.
  void Kill();
  /// SIGTERM, and waits; returns its exit status.
  int Stop();

  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] std::shared_ptr<grpc::Channel> NewChannel() const;

 private:
  const std::filesystem::path data_;
  const std::string address_;
  pid_t pid_ = -1;
};

/// A channel of its own connection, and no long backoff after a killed server.
[[nodiscard]] std::shared_ptr<grpc::Channel> PatientChannel(const std::string& address);

/// Runs the `hotline` program with arguments and returns what it wrote.
struct CommandResult {
  int status = 0;
  std::string out;
  std::string err;
};
[[nodiscard]] CommandResult RunHotline(const std::vector<std::string>& arguments);

}  // namespace hotline::tests
