#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include "hotline/cli/identity.h"

namespace CLI {
class App;
}
namespace hotline::platform {
class Process;
}

namespace hotline::cli {

/// Where a client command finds its services: the flags every one of them has.
struct ConnectionFlags {
  std::string address;         ///< --address, else HOTLINE_ADDRESS, else the default of `up`.
  Identity identity;           ///< --actor and --role, else HOTLINE_ACTOR and HOTLINE_ROLE, else nobody in particular.
  bool embedded = false;       ///< --embedded: everything inside this process.
  std::filesystem::path data;  ///< --data with --embedded; empty: a temporary directory with the demo knowledge.
  std::filesystem::path models;  ///< The models that --embedded runs with; empty: those of this program.
  bool demo_knowledge = true;    ///< False where the command brings its own articles.

  void AddTo(CLI::App& command);
};

/// A channel to the services, and with --embedded the services themselves. Thread-safe once open.
class Connection {
 public:
  /// UNAVAILABLE names the flags when nothing answers there.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const ConnectionFlags& flags);
  ~Connection();

  [[nodiscard]] const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] bool embedded() const { return process_ != nullptr; }

 private:
  Connection() = default;
  absl::Status Embed(const ConnectionFlags& flags);

  std::string address_;
  std::filesystem::path temporary_;  ///< Removed at the end; empty with --data.
  std::unique_ptr<platform::Process> process_;
  std::shared_ptr<grpc::Channel> channel_;
};

/// Where a client looks for its server: the flag, else HOTLINE_ADDRESS, else the default address of `up`.
[[nodiscard]] std::string AddressOf(const std::string& flag);

/// True when neither flag nor environment names a server and none listens at the default address: commands that only
/// read a text may then start what they need inside themselves.
[[nodiscard]] bool NothingIsNamedOrListening(const ConnectionFlags& flags);

/// Loads deploy/demo's articles and phrases. Idempotent.
[[nodiscard]] absl::Status LoadDemoKnowledge(const std::shared_ptr<grpc::Channel>& channel);

/// deploy/demo of the source tree or of the installation; NOT_FOUND names where it was looked for.
[[nodiscard]] absl::StatusOr<std::filesystem::path> DemoDirectory();

}  // namespace hotline::cli
