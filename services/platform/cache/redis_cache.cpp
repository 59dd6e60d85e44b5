#include "platform/cache/redis_cache.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "platform/cache/redis/connection.h"
#include "platform/cache/redis/envelope.h"
#include "platform/telemetry/log.h"
#include "platform/telemetry/metrics.h"

namespace hotline::platform {
namespace {

using redis::Breaker;
using redis::Command;
using redis::Connection;
using redis::Reply;
using redis::Verdict;
using std::chrono::milliseconds;
using State = Breaker::State;

constexpr std::string_view kFormat = "hotline/1/";  // The version of what lies in Redis: an older binary has another.
constexpr std::size_t kMostConnections = 8;

/// What all connections of a process together say of the server.
class ServerState final : public redis::ConnectionListener {
 public:
  ServerState(std::string address, Metrics& metrics) : address_{std::move(address)}, metrics_{metrics} {}

  void Changed(State from, State to) override {
    const std::lock_guard lock{mutex_};
    if (from != to) --count_.at(Index(from));
    ++count_.at(Index(to));
    Show();
    const bool up = count_.at(Index(State::kClosed)) > 0;
    // While the first attempt is on its way there is nothing to say.
    if (to == State::kHalfOpen || up == up_) return;
    up_ = up;
    if (up) {
      Log(LogLevel::kInfo, "cache.redis_up", {{"address", address_}});
    } else {
      Log(LogLevel::kWarning, "cache.redis_away", {{"address", address_}, {"why", why_}});
    }
  }

  void Dropped(std::string_view kind, std::string_view why) override {
    metrics_.Add("hotline_cache_errors_total", 1, {{"level", "redis"}, {"kind", kind}});
    const std::lock_guard lock{mutex_};
    why_ = std::string{kind} + ": " + std::string{why};
  }

 private:
  static std::size_t Index(State state) { return static_cast<std::size_t>(state); }

  void Show() {
    constexpr std::array<std::string_view, 3> kNames = {"closed", "half_open", "open"};
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      metrics_.Set("hotline_cache_breakers", count_.at(i), {{"level", "redis"}, {"state", kNames.at(i)}});
    }
  }

  const std::string address_;
  Metrics& metrics_;
  std::mutex mutex_;
  std::array<int, 3> count_{};
  std::optional<bool> up_;
  std::string why_;
};

/// What a Find() waits for. The connection may answer after nobody waits any more.
class Lookup {
 public:
  void TakeValue(std::optional<std::string> value) { value_ = std::move(value); }
  void TakeTimeLeft(std::optional<milliseconds> time_left) {
    const std::lock_guard lock{mutex_};
    if (value_ && time_left) found_ = Cache::Found{*std::move(value_), *time_left};
    done_ = true;
    changed_.notify_all();
  }
  /// Nothing after `timeout` too.
  std::optional<Cache::Found> Wait(milliseconds timeout) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, timeout, [this] { return done_; });
    return std::exchange(found_, std::nullopt);
  }

 private:
  std::optional<std::string> value_;  // Of the connection's thread.
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::optional<Cache::Found> found_;
};

class RedisCache final : public Cache {
 public:
  RedisCache(const RedisOptions& options, Metrics& metrics)
      : options_{options},
        metrics_{metrics},
        prefix_{options.key_prefix + std::string{kFormat}},
        state_{options.address, metrics} {
    const auto colon = options.address.rfind(':');
    if (colon == std::string::npos || colon == 0) throw Unusable();
    redis::ConnectionOptions connection{
        .host = options.address.substr(0, colon),
        .password = options.password,
        .connect_timeout = options.connect_timeout,
        .command_timeout = options.command_timeout,
        .first_pause = options.first_pause,
        .longest_pause = options.longest_pause,
        .max_in_flight = options.max_in_flight,
        .max_reply_bytes = 2 * (options.max_value_bytes + kSlackBytes),
    };
    const char* const end = options.address.data() + options.address.size();
    const auto [parsed, error] = std::from_chars(options.address.data() + colon + 1, end, connection.port);
    if (error != std::errc{} || parsed != end || connection.port <= 0 || connection.port > 65'535) throw Unusable();
    const std::size_t cores = std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
    const std::size_t count = options.connections > 0 ? options.connections : std::min(cores, kMostConnections);
    for (std::size_t i = 0; i < count; ++i) {
      connection.seed = std::random_device{}();
      connections_.push_back(std::make_unique<Connection>(connection, state_));
    }
  }

  std::optional<Found> Find(std::string_view key) override {
    const std::string name = Name(key);
    const auto lookup = std::make_shared<Lookup>();
    Connection& connection = ConnectionOf(name);
    // A range, so that a value of any size costs no more than one of ours.
    std::vector<Command> commands;
    commands.push_back(
        {{"GETRANGE", name, "0", std::to_string(options_.max_value_bytes + redis::kEnvelopeBytes)},
         [lookup, &connection, name](const Reply* reply) { return TakeValue(*lookup, connection, name, reply); }});
    commands.push_back({{"PTTL", name}, [lookup](const Reply* reply) { return TakeTimeLeft(*lookup, reply); }});
    if (!connection.Send(std::move(commands))) {
      Count("refused");
      return std::nullopt;
    }
    std::optional<Found> found = lookup->Wait(options_.command_timeout);
    Count(found ? "hit" : "miss");
    return found;
  }

  void Put(std::string_view key, std::string value, milliseconds time_to_live) override {
    if (time_to_live.count() <= 0 || value.size() > options_.max_value_bytes) return Erase(key);
    const std::string name = Name(key);
    Ask(name, {"SET", name, redis::Wrap(name, value), "PX", std::to_string(WithJitter(time_to_live).count())},
        [this](const Reply& reply) {
          if (reply.kind == Reply::Kind::kStatus) return Verdict::kKeep;
          // A server that is full still answers; it drops nothing that we may have.
          if (reply.kind != Reply::Kind::kError || !reply.text.starts_with("OOM ")) return Verdict::kDrop;
          metrics_.Add("hotline_cache_errors_total", 1, {{"level", "redis"}, {"kind", "full"}});
          return Verdict::kKeep;
        });
  }

  void Erase(std::string_view key) override {
    const std::string name = Name(key);
    Ask(name, {"UNLINK", name},
        [](const Reply& reply) { return reply.kind == Reply::Kind::kNumber ? Verdict::kKeep : Verdict::kDrop; });
  }

 private:
  static constexpr std::size_t kSlackBytes = 16 * 1024;  // What hiredis reads at a time.

  std::runtime_error Unusable() const {
    return std::runtime_error{"redis: \"" + options_.address + "\" is not of the form host:port"};
  }

  static Verdict TakeValue(Lookup& lookup, Connection& connection, const std::string& name, const Reply* reply) {
    if (reply == nullptr) return Verdict::kKeep;
    if (reply->kind == Reply::Kind::kText && reply->text.empty()) return Verdict::kKeep;  // No such key.
    std::optional<std::string> value;
    if (reply->kind == Reply::Kind::kText) value = redis::Unwrap(name, reply->text);
    if (!value) {
      connection.Forget(name);  // Or every process would stumble over it again.
      return Verdict::kDrop;
    }
    lookup.TakeValue(std::move(value));
    return Verdict::kKeep;
  }

  static Verdict TakeTimeLeft(Lookup& lookup, const Reply* reply) {
    const bool number = reply != nullptr && reply->kind == Reply::Kind::kNumber;
    // Below zero: gone since, or without an end, which is not of our making.
    const bool lives = number && reply->number > 0;
    lookup.TakeTimeLeft(lives ? std::optional{milliseconds{reply->number}} : std::nullopt);
    return reply == nullptr || number ? Verdict::kKeep : Verdict::kDrop;
  }

  std::string Name(std::string_view key) const { return prefix_ + std::string{key}; }

  /// One connection a key: what is put is there for whoever asks next.
  Connection& ConnectionOf(const std::string& name) {
    return *connections_[std::hash<std::string>{}(name) % connections_.size()];
  }

  void Ask(const std::string& name, std::vector<std::string> words, std::function<Verdict(const Reply&)> judge) {
    std::vector<Command> commands;
    commands.push_back({std::move(words), [judge = std::move(judge)](const Reply* reply) {
                          return reply == nullptr ? Verdict::kKeep : judge(*reply);
                        }});
    if (!ConnectionOf(name).Send(std::move(commands))) {
      metrics_.Add("hotline_cache_errors_total", 1, {{"level", "redis"}, {"kind", "refused"}});
    }
  }

  void Count(std::string_view result) {
    metrics_.Add("hotline_cache_gets_total", 1, {{"level", "redis"}, {"result", result}});
  }

  /// Values put together do not all expire together.
  milliseconds WithJitter(milliseconds time_to_live) {
    const std::lock_guard lock{random_mutex_};
    const milliseconds less{random_() % static_cast<std::uint64_t>(time_to_live.count() / 10 + 1)};
    return std::max(time_to_live - less, milliseconds{1});
  }

  const RedisOptions options_;
  Metrics& metrics_;
  const std::string prefix_;
  std::mutex random_mutex_;
  std::mt19937_64 random_{std::random_device{}()};
  ServerState state_;
  std::vector<std::unique_ptr<Connection>> connections_;  // Last: their threads use all of the above.
};

}  // namespace

std::unique_ptr<Cache> OpenRedisCache(const RedisOptions& options, Metrics& metrics) {
  return std::make_unique<RedisCache>(options, metrics);
}

}  // namespace hotline::platform
