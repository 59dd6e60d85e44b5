#pragma once

#include <string>

#include "contract/platform_testing.h"
#include "platform/cache/cache.h"
#include "platform/cache/redis_cache.h"
#include "support/redis_server.h"

namespace hotline::platform::testing {

/// The server of this test program: started by the first test that asks, stopped at the end.
inline tests::RedisServer& SharedRedis() {
  static const TemporaryFolder folder;
  static tests::RedisServer server{folder / "redis"};
  static const bool started = [] {
    server.Start();
    return true;
  }();
  static_cast<void>(started);
  return server;
}

/// How tests open a cache: patient, because the machine may be busy; quick to come back, because they wait for it.
inline RedisOptions Patient(const tests::RedisServer& server) {
  return {.address = server.address(),
          .command_timeout = std::chrono::seconds{2},
          .connect_timeout = std::chrono::seconds{2},
          .first_pause = std::chrono::milliseconds{5},
          .longest_pause = std::chrono::milliseconds{100}};
}

/// The shared server with nothing in it.
inline RedisOptions FreshRedis() {
  SharedRedis().Ask({"FLUSHALL"});
  return Patient(SharedRedis());
}

/// Waits until the cache keeps what it is given.
inline bool Serves(Cache& cache) {
  return Eventually([&] {
    for (int i = 0; i < 64; ++i) {  // Keys of every connection.
      const std::string key = "serves/" + std::to_string(i);
      cache.Put(key, "1", std::chrono::seconds{60});
      if (!cache.Get(key)) return false;
    }
    return true;
  });
}

}  // namespace hotline::platform::testing
