#include "platform/telemetry/metrics.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <thread>

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace hotline::platform {
namespace {

std::map<std::string, std::string> Map(Labels labels) {
  std::map<std::string, std::string> map;
  for (const auto& [name, value] : labels) map.emplace(name, value);
  return map;
}

/// The families of one kind of metric, made when first named.
template <typename T>
class Families {
 public:
  explicit Families(prometheus::Registry& registry) : registry_{registry} {}

  template <typename Build>
  prometheus::Family<T>& Get(std::string_view name, Build build) {
    const std::lock_guard lock{mutex_};
    auto found = families_.find(name);
    if (found == families_.end()) {
      found = families_.emplace(name, &build().Name(std::string{name}).Register(registry_)).first;
    }
    return *found->second;
  }

 private:
  prometheus::Registry& registry_;
  std::mutex mutex_;
  std::map<std::string, prometheus::Family<T>*, std::less<>> families_;
};

/// Connects to a port of this machine and leaves again.
void Knock(int port) {
  sockaddr_in door{};
  door.sin_family = AF_INET;
  door.sin_port = htons(static_cast<std::uint16_t>(port));
  door.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection < 0) return;
  (void)!connect(connection, reinterpret_cast<const sockaddr*>(&door), sizeof door);
  close(connection);
}

class PrometheusMetrics final : public Metrics {
 public:
  explicit PrometheusMetrics(const std::string& listen) {
    if (listen.empty()) return;
    try {
      exposer_ = std::make_unique<prometheus::Exposer>(listen, /*num_threads=*/1);
    } catch (const std::exception& e) {
      throw std::runtime_error("metrics cannot be served at " + listen + ": " + e.what());
    }
    exposer_->RegisterCollectable(registry_);
    port_ = exposer_->GetListeningPorts().at(0);
    address_ = listen.substr(0, listen.rfind(':')) + ":" + std::to_string(port_);
  }
  ~PrometheusMetrics() override {
    if (exposer_ == nullptr) return;
    // The web server looks up from its sockets every 2 s, or when somebody comes: without this every stop takes so
    // long.
    const std::jthread visitor{[this](const std::stop_token& closed) {
      while (!closed.stop_requested()) {
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
        Knock(port_);
      }
    }};
    exposer_.reset();
  }

  void Add(std::string_view counter, double amount, Labels labels) override {
    counters_.Get(counter, prometheus::BuildCounter).Add(Map(labels)).Increment(amount);
  }
  void Set(std::string_view gauge, double value, Labels labels) override {
    gauges_.Get(gauge, prometheus::BuildGauge).Add(Map(labels)).Set(value);
  }
  void Observe(std::string_view histogram, double seconds, Labels labels) override {
    static const prometheus::Histogram::BucketBoundaries kSeconds = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
    histograms_.Get(histogram, prometheus::BuildHistogram).Add(Map(labels), kSeconds).Observe(seconds);
  }
  std::string address() const override { return address_; }

 private:
  const std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  Families<prometheus::Counter> counters_{*registry_};
  Families<prometheus::Gauge> gauges_{*registry_};
  Families<prometheus::Histogram> histograms_{*registry_};
  std::string address_;
  int port_ = 0;
  std::unique_ptr<prometheus::Exposer> exposer_;  // Last: its threads read the registry.
};

}  // namespace

std::unique_ptr<Metrics> MakeMetrics(const std::string& listen) { return std::make_unique<PrometheusMetrics>(listen); }

}  // namespace hotline::platform
