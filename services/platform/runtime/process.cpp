#include "platform/runtime/process.h"

#include <sys/resource.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <utility>

#include <grpcpp/server_builder.h>

#include "platform/bus/embedded_bus.h"
#include "platform/bus/kafka_bus.h"
#include "platform/bus/outbox_relay.h"
#include "platform/cache/layered_cache.h"
#include "platform/cache/redis_cache.h"
#include "platform/concurrency/notifier.h"
#include "platform/concurrency/worker_pool.h"
#include "platform/rpc/client.h"
#include "platform/rpc/open_streams.h"
#include "platform/rpc/operations_handler.h"
#include "platform/runtime/data_lock.h"
#include "platform/runtime/fault_points.h"
#include "platform/runtime/heartbeat.h"
#include "platform/runtime/rpc_server.h"
#include "platform/security/sealer.h"
#include "platform/store/migrate.h"
#include "platform/store/postgres_engine.h"
#include "platform/store/postgres_store.h"
#include "platform/store/sqlite_engine.h"
#include "platform/store/sqlite_store.h"
#include "platform/telemetry/log.h"
#include "platform/telemetry/metrics.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

using std::chrono::steady_clock;

constexpr rlim_t kOpenFiles = 65'536;
constexpr rlim_t kFewOpenFiles = 8'192;  // Worth a word to the operator; what is between serves a smaller hotline well.
constexpr std::chrono::seconds kHeartbeat{1};

/// gRPC 1.51 stops accepting for good when descriptors run out.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kOpenFiles) return;
  rlimit wanted{.rlim_cur = kOpenFiles, .rlim_max = std::max(limit.rlim_max, kOpenFiles)};
  if (setrlimit(RLIMIT_NOFILE, &wanted) == 0) return;
  wanted = {.rlim_cur = std::min(limit.rlim_max, kOpenFiles), .rlim_max = limit.rlim_max};
  setrlimit(RLIMIT_NOFILE, &wanted);
  if (wanted.rlim_cur > kFewOpenFiles) return;
  Log(LogLevel::kWarning, "process.few_open_files", {{"limit", static_cast<std::int64_t>(wanted.rlim_cur)}});
}

std::filesystem::path KeyringPath(const Config& config) {
  const std::filesystem::path path = config.Path("keyring");
  return path.empty() ? config.Path("data_dir") / "keyring.json" : path;
}

std::unique_ptr<Bus> OpenBus(const Config& config, const Clock& clock) {
  const std::string servers = config.Text("kafka");
  if (servers.empty()) return OpenEmbeddedBus(config.Path("data_dir") / "bus.db", {.clock = clock});
  return OpenKafkaBus({.servers = servers,
                       .topic_prefix = config.Text("kafka_prefix"),
                       .instance = config.Text("kafka_instance"),
                       .options = config.List("kafka_options")});
}

std::size_t Count(const Config& config, std::string_view setting) {
  return static_cast<std::size_t>(std::max<std::int64_t>(1, config.Integer(setting)));
}

std::string PostgresOf(const Config& config) {
  std::string where = config.Text("postgres");
  if (where.empty()) throw std::runtime_error{"store = postgresql needs the setting postgres"};
  return where;
}

std::unique_ptr<SqlEngine> EngineOf(const Config& config, const std::string& service) {
  if (config.Text("store") == "sqlite")
    return std::make_unique<SqliteEngine>(config.Path("data_dir") / (service + ".db"));
  return std::make_unique<PostgresEngine>(PostgresOf(config), service);
}

std::unique_ptr<Store> OpenStore(const Config& config, const std::string& service, const Sealer& sealer,
                                 const Clock& clock) {
  StoreOptions options{.source = "hotline/" + service,
                       .sealer = sealer,
                       .clock = clock,
                       .queue_capacity = Count(config, "store_queue"),
                       .migrate = config.Text("migrate") != "check"};
  if (config.Text("store") == "sqlite") return OpenSqliteStore(config.Path("data_dir") / (service + ".db"), options);
  options.writers = Count(config, "postgres_writers");
  options.readers = Count(config, "postgres_readers");
  return OpenPostgresStore(PostgresOf(config), service, options);
}

std::unique_ptr<Cache> OpenCache(const Config& config, Metrics& metrics) {
  std::unique_ptr<Cache> shared;
  if (config.Text("cache") == "redis") {
    shared = OpenRedisCache({.address = config.Text("redis"),
                             .password = config.Text("redis_password"),
                             .key_prefix = config.Text("redis_prefix")},
                            metrics);
  }
  return std::make_unique<LayeredCache>(static_cast<std::size_t>(config.Integer("cache_bytes")), std::move(shared),
                                        metrics);
}

/// Construction fails by exception; the first error of a start is what people must read.
template <typename T>
T Unwrap(absl::StatusOr<T> result) {
  if (!result.ok()) throw std::runtime_error(std::string{result.status().message()});
  return *std::move(result);
}

/// One service and what is its own. Members in the order they depend on each other.
struct Service {
  std::string name;
  std::unique_ptr<Store> store;
  std::unique_ptr<OutboxRelay> relay;
  std::unique_ptr<Resources> resources;
  std::unique_ptr<Module> module;
  bool started = false;
};

/// Everything a running process owns. The constructor starts it, and throws what keeps it from starting.
class RunningProcess final : public Process {
 public:
  RunningProcess(const Config& config, std::unique_ptr<DataLock> lock, const std::vector<ModuleFactory>& factories);
  ~RunningProcess() override { Stop(); }

  std::string address() const override { return server_->address(); }
  std::string metrics_address() const override { return metrics_->address(); }
  std::shared_ptr<grpc::Channel> channel() override { return server_->InProcessChannel(); }
  void Stop() override;

 private:
  Service Build(const ModuleFactory& factory);
  std::unique_ptr<OperationsHandler> MakeOperations() const;
  void StartServices();
  std::shared_ptr<grpc::Channel> ChannelTo(std::string_view service);
  void Beat();

  const Config config_;
  const std::unique_ptr<DataLock> lock_;
  WallClock clock_;
  const std::unique_ptr<Metrics> metrics_;
  const std::unique_ptr<Sealer> sealer_;
  Notifier notifier_;
  OpenStreams streams_;
  const std::unique_ptr<Cache> cache_;
  const std::unique_ptr<Bus> bus_;
  WorkerPool workers_;
  std::vector<Service> services_;
  std::unique_ptr<OperationsHandler> operations_;
  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<Heartbeat> heartbeat_;
  bool stopped_ = false;
};

RunningProcess::RunningProcess(const Config& config, std::unique_ptr<DataLock> lock,
                               const std::vector<ModuleFactory>& factories)
    : config_{config},
      lock_{std::move(lock)},
      metrics_{MakeMetrics(config_.Text("metrics_listen"))},
      sealer_{Unwrap(Sealer::Open(KeyringPath(config_)))},
      streams_{static_cast<std::size_t>(config_.Integer("max_streams"))},
      cache_{OpenCache(config_, *metrics_)},
      bus_{OpenBus(config_, clock_)},
      workers_{static_cast<std::size_t>(config_.Integer("worker_threads")),
               static_cast<std::size_t>(config_.Integer("worker_queue"))} {
  try {
    for (const ModuleFactory& factory : factories) services_.push_back(Build(factory));
    operations_ = MakeOperations();
    server_ = Unwrap(RpcServer::Start(config_.Text("listen"), *metrics_, [this](grpc::ServerBuilder& builder) {
      for (Service& service : services_) service.module->Register(builder);
      builder.RegisterService(operations_.get());
    }));
    StartServices();
  } catch (...) {
    Stop();  // The destructor does not run for what is half made.
    throw;
  }
}

Service RunningProcess::Build(const ModuleFactory& factory) {
  Service service{.name = std::string{factory.name}};
  service.store = OpenStore(config_, service.name, *sealer_, clock_);
  service.relay = std::make_unique<OutboxRelay>(*service.store, *bus_, *metrics_, RelayOptions{.store = service.name});
  service.resources = std::make_unique<Resources>(Resources{
      .config = config_,
      .clock = clock_,
      .bus = *bus_,
      .store = *service.store,
      .cache = *cache_,
      .sealer = *sealer_,
      .metrics = *metrics_,
      .notifier = notifier_,
      .workers = workers_,
      .channel_to = [this](std::string_view sibling) { return ChannelTo(sibling); },
      .streams = &streams_,
  });
  try {
    service.module = factory.make(*service.resources);
  } catch (const std::exception& e) {
    throw std::runtime_error(service.name + ": " + e.what());
  }
  return service;
}

std::unique_ptr<OperationsHandler> RunningProcess::MakeOperations() const {
  std::vector<OperationsHandler::Service> services;
  for (const Service& service : services_) services.push_back({service.name, RpcResourcesOf(*service.resources)});
  return std::make_unique<OperationsHandler>(std::move(services));
}

void RunningProcess::StartServices() {
  for (Service& service : services_) {
    service.started = true;  // Also when Start() throws: Stop() must then undo what it has begun.
    service.module->Start();
  }
  heartbeat_ = std::make_unique<Heartbeat>(kHeartbeat, [this] { Beat(); });
  lock_->Publish(server_->address());
  server_->SetServing(true);
  Log(LogLevel::kInfo, "process.serving",
      {{"address", server_->address()}, {"metrics", metrics_->address()}, {"data", config_.Path("data_dir").string()}});
}

std::shared_ptr<grpc::Channel> RunningProcess::ChannelTo(std::string_view service) {
  const bool here =
      std::any_of(services_.begin(), services_.end(), [&](const Service& own) { return own.name == service; });
  if (!here) return MakeChannel(config_.Text(std::string{service} + "_address"));
  if (server_ == nullptr) throw std::logic_error("channel_to() before Module::Start()");
  return server_->InProcessChannel();
}

void RunningProcess::Beat() {
  notifier_.NotifyAll();
  metrics_->Set("hotline_streams_open", static_cast<double>(streams_.count()));
}

void RunningProcess::Stop() {
  if (std::exchange(stopped_, true)) return;
  Log(LogLevel::kInfo, "process.stopping");
  const auto grace = config_.Duration("stop_grace");
  if (server_ != nullptr) {
    server_->SetServing(false);
    std::this_thread::sleep_for(config_.Duration("drain"));  // Balancers look away, while every call is still served.
  }
  streams_.Close();
  notifier_.NotifyAll();
  for (auto service = services_.rbegin(); service != services_.rend(); ++service) {
    if (service->started) service->module->Stop();
  }
  if (server_ != nullptr) server_->Shutdown(grace);
  heartbeat_.reset();  // It woke the streams until the last was gone.
  workers_.Stop();
  for (Service& service : services_) {
    if (service.relay != nullptr) service.relay->Stop(steady_clock::now() + grace);
  }
  Log(LogLevel::kInfo, "process.stopped");
}

}  // namespace

absl::Status Process::Migrate(const Config& config, const std::vector<ModuleFactory>& factories,
                              std::optional<std::int64_t> to) {
  std::unique_ptr<DataLock> lock;
  if (config.Text("store") == "sqlite") {  // PostgreSQL has a lock of its own, and needs no directory.
    absl::StatusOr<std::unique_ptr<DataLock>> taken = DataLock::Take(config.Path("data_dir"));
    if (!taken.ok()) return taken.status();
    lock = *std::move(taken);
  }
  for (const ModuleFactory& factory : factories) {
    const std::string service{factory.name};
    try {
      const absl::Status done = MigrateDatabase(*EngineOf(config, service), factory.migrations, to, WallClock{}.Now());
      if (!done.ok()) return {done.code(), service + ": " + std::string{done.message()}};
    } catch (const std::exception& e) {
      return absl::FailedPreconditionError(service + ": " + e.what());
    }
    Log(LogLevel::kInfo, "process.migrated", {{"service", service}});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Process>> Process::Start(const Config& config,
                                                        const std::vector<ModuleFactory>& factories) {
  RaiseFileLimit();
  absl::StatusOr<std::unique_ptr<DataLock>> lock = DataLock::Take(config.Path("data_dir"));
  if (!lock.ok()) return lock.status();
  ArmFaultPoint(config.Path("data_dir"));
  try {
    return std::make_unique<RunningProcess>(config, *std::move(lock), factories);
  } catch (const std::exception& e) {
    return absl::FailedPreconditionError(e.what());
  }
}

}  // namespace hotline::platform
