#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace hotline::tests {

/// A real Kafka broker (deploy/kafka/broker) as a child process, at one port of this machine for as long as its folder
/// lives: it can be killed and started again. It dies with the test program.
class KafkaBroker {
 public:
  explicit KafkaBroker(std::filesystem::path folder);
  ~KafkaBroker() { Kill(); }
  KafkaBroker(const KafkaBroker&) = delete;
  KafkaBroker& operator=(const KafkaBroker&) = delete;

  /// Returns once it takes connections. Throws when it ends or takes over 60 s.
  void Start();
  /// SIGKILL, and waits until it is gone.
  void Kill();
  /// SIGTERM, and waits.
  void Stop();

  /// "127.0.0.1:23456", from the first start on.
  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  void End(int signal);

  const std::filesystem::path folder_;
  std::string address_;
  pid_t pid_ = -1;
};

}  // namespace hotline::tests
