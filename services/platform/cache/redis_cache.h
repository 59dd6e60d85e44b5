#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "platform/cache/cache.h"

namespace hotline::platform {

class Metrics;

struct RedisOptions {
  std::string address;          ///< "host:port"
  std::string password = {};    ///< Empty: none is sent.
  std::string key_prefix = {};  ///< Before every key: several hotlines in one Redis.
  std::size_t connections = 0;  ///< 0: one a core, at most 8.
  std::chrono::milliseconds command_timeout{50};
  std::chrono::milliseconds connect_timeout{500};
  std::chrono::milliseconds first_pause{50};  ///< After a failure nothing is sent for so long, twice as long after each
  std::chrono::milliseconds longest_pause{5'000};         ///< further one, at most this.
  std::size_t max_in_flight = 1'024;                      ///< Commands of a connection; more are refused.
  std::size_t max_value_bytes = std::size_t{256} * 1024;  ///< Larger values are not kept.
};

/// The cache that processes share, on a Redis server. Thread-safe.
///
/// Find() waits for the server, at most command_timeout, and not at all while the server is away; Put() and Erase() do
/// not wait. What the server says is not trusted: what does not make sense is a miss, is deleted, and drops the
/// connection. State changes are logged (cache.redis_up, cache.redis_away) and counted.
///
/// Throws std::runtime_error when `address` is not host:port. A server that is away is no error.
[[nodiscard]] std::unique_ptr<Cache> OpenRedisCache(const RedisOptions& options, Metrics& metrics);

}  // namespace hotline::platform
