#pragma once

#include <memory>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "platform/config/config.h"
#include "platform/runtime/module.h"

namespace hotline::platform {

/// A running set of services: what ServiceMain serves until a signal, and what `--embedded` runs inside a command.
class Process {
 public:
  /// Opens the resources (data directory locked: FAILED_PRECONDITION names the address of its holder), migrates,
  /// builds the modules, serves, starts them. The error says what could not start and why.
  static absl::StatusOr<std::unique_ptr<Process>> Start(const Config& config,
                                                        const std::vector<ModuleFactory>& factories);
  /// Only brings the schemas up: for a setting migrate = only. Serves, consumes and sends nothing.
  static absl::Status Migrate(const Config& config, const std::vector<ModuleFactory>& factories);
  virtual ~Process() = default;

  /// "127.0.0.1:50051": where clients reach it, with the port really taken.
  [[nodiscard]] virtual std::string address() const = 0;
  /// Where the metrics are served; "" when they are not.
  [[nodiscard]] virtual std::string metrics_address() const = 0;
  /// A way in without a socket, for a command that runs the services inside itself. Let go of it before Stop().
  [[nodiscard]] virtual std::shared_ptr<grpc::Channel> channel() = 0;

  /// NOT_SERVING, drain, consumers, server, workers, relay, flush. Bounded by the settings drain and stop_grace.
  /// Idempotent; also run by the destructor.
  virtual void Stop() = 0;
};

}  // namespace hotline::platform
