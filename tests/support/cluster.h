#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/channel.h>

namespace hotline::tests {

/// A cluster of real processes of this machine (deploy/cluster), taken down and wiped at the end. One thread.
class Cluster {
 public:
  /// Where the cluster of this program has its folder: there is one at a time.
  [[nodiscard]] static std::filesystem::path Place();

  /// Starts it; `flags` are those of `deploy/cluster up`. Throws when it does not start.
  explicit Cluster(const std::string& flags);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  /// Starts what is not running, and waits until all serve. Throws when that fails. Other `flags` change the cluster
  /// (--replicas) or come to hold at the next start of each copy (--set).
  void Up();
  void Up(const std::string& flags);
  /// The same for a copy that is ending, once it has ended; its start may end at an armed place too.
  void BringBack(const std::string& name);
  /// Stops all in order; the data stays.
  void Down();

  /// The copies of the services: intake-1, intake-2, classification-1, …
  [[nodiscard]] std::vector<std::string> Copies() const;
  [[nodiscard]] pid_t PidOf(const std::string& name) const;
  void Signal(const std::string& name, int signal) const;
  /// The same to a part with all its children, which PostgreSQL has: a part that hangs, and goes on.
  void Freeze(const std::string& name) const;
  void Thaw(const std::string& name) const;
  /// SIGKILL to a part and all its children; returns when they are gone.
  void Kill(const std::string& name) const;
  [[nodiscard]] bool Runs(const std::string& name) const;

  /// The process ends itself with SIGKILL when it comes to the named place for the n-th time after its next start
  /// (platform/runtime/fault_points.h).
  void CrashNextTime(const std::string& name, const std::string& place, int n) const;

  /// The process breaks the named promise from its next start on; "" ends it (platform/runtime/fault_points.h).
  void Sabotage(const std::string& name, const std::string& promise) const;

  /// From a copy's last start until it served.
  [[nodiscard]] std::chrono::milliseconds StartupOf(const std::string& name) const;

  /// The sum of a metric's values over labels, of one copy; 0 when it has none.
  [[nodiscard]] double Metric(const std::string& name, const std::string& metric) const;

  /// The same over all copies of the services. Each must run.
  [[nodiscard]] double Sum(const std::string& metric) const;

  /// Of one part: kafka-1, redis, postgresql, intake-1, …
  [[nodiscard]] std::string AddressOf(const std::string& name) const;
  [[nodiscard]] std::string kafka() const { return AddressOf("kafka-1"); }
  [[nodiscard]] std::filesystem::path keyring() const { return directory_ / "keyring.json"; }
  /// Of the front, which all of them are behind.
  [[nodiscard]] const std::string& address() const { return address_; }
  /// Where its parts keep their addresses and data, a folder each.
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  [[nodiscard]] std::shared_ptr<grpc::Channel> NewChannel() const;

 private:
  const std::filesystem::path directory_;
  std::string flags_;
  std::string address_;
};

}  // namespace hotline::tests
