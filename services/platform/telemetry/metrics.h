#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace hotline::platform {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// The process's Prometheus metrics. Names start with "hotline_" and end in a unit or _total. Thread-safe.
/// Label values come from fixed sets (method, topic, code), never from callers.
class Metrics {
 public:
  virtual ~Metrics() = default;
  virtual void Add(std::string_view counter, double amount = 1, Labels labels = {}) = 0;
  virtual void Set(std::string_view gauge, double value, Labels labels = {}) = 0;
  /// Seconds, in buckets from 0.5 ms to 30 s.
  virtual void Observe(std::string_view histogram, double seconds, Labels labels = {}) = 0;
  /// Where they are served, with the port really taken ("127.0.0.1:9345"); "" when they are not.
  [[nodiscard]] virtual std::string address() const { return {}; }
};

/// Metrics served at http://`listen`/metrics; port 0: any free one; empty: kept, not served.
/// Throws std::runtime_error when the port is taken.
[[nodiscard]] std::unique_ptr<Metrics> MakeMetrics(const std::string& listen);

}  // namespace hotline::platform
