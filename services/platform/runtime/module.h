#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "platform/store/store.h"

namespace grpc {
class Channel;
class ServerBuilder;
}  // namespace grpc

namespace hotline::platform {

class Bus;
class Cache;
class Clock;
class Config;
class Metrics;
class Notifier;
class OpenStreams;
class Sealer;
class WorkerPool;

/// What a service is given. The process owns it and outlives every module. One of these a service: the store is its
/// own.
struct Resources {
  const Config& config;
  Clock& clock;
  Bus& bus;
  Store& store;
  Cache& cache;
  const Sealer& sealer;
  Metrics& metrics;
  Notifier& notifier;
  WorkerPool& workers;
  /// A channel to a sibling service, for queries only ("knowledge"); in one process it needs no socket. From
  /// Module::Start() on: before, there is no server to reach.
  std::function<std::shared_ptr<grpc::Channel>(std::string_view service)> channel_to;
  OpenStreams* streams = nullptr;  ///< The bound on long-lived streams, shared by the services of a process.
};

/// A service as a part: one of them is a process of its own, all of them are `hotline up`.
///
/// Built (schema migrated, models loaded), registered with the server, started once the server runs, stopped.
class Module {
 public:
  virtual ~Module() = default;
  virtual void Register(grpc::ServerBuilder& builder) = 0;
  /// Starts subscriptions and timers; sibling services can be called from here on.
  virtual void Start() = 0;
  /// Consumers first, then whatever they call; leaves nothing half done. Called once.
  virtual void Stop() = 0;
};

/// A kind of module: its name ("intake": also its database file or schema, and the source of its events), how it is
/// made, and its schema, for who migrates without serving.
struct ModuleFactory {
  std::string_view name;
  std::function<std::unique_ptr<Module>(Resources&)> make;
  std::span<const Migration> migrations = {};
};

}  // namespace hotline::platform
