// What the cache on Redis does when the server is not as it should be: slower, never wrong, never an error.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "contract/redis_testing.h"
#include "platform/cache/layered_cache.h"
#include "platform/cache/redis/envelope.h"
#include "platform/cache/redis_cache.h"
#include "support/impostor.h"

namespace hotline::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::Eventually;
using testing::Serves;

/// The slowest that a caller may see when the server is away: the command's deadline, and a busy machine.
constexpr seconds kSoon{1};

RedisOptions Hasty(const std::string& address) {
  return {.address = address,
          .connections = 1,
          .command_timeout = milliseconds{50},
          .connect_timeout = milliseconds{100},
          .first_pause = milliseconds{5},
          .longest_pause = milliseconds{50}};
}

steady_clock::duration TimeOf(const std::function<void()>& work) {
  const auto begin = steady_clock::now();
  work();
  return steady_clock::now() - begin;
}

/// A server of its own, that a test may hurt.
class RedisCacheTest : public ::testing::Test {
 protected:
  void SetUp() override { server_.Start(); }

  void Open(RedisOptions options) {
    cache_ = OpenRedisCache(options, metrics_);
    ASSERT_TRUE(Serves(*cache_));
  }

  testing::TemporaryFolder folder_;
  tests::RedisServer server_{folder_ / "redis"};
  testing::CountingMetrics metrics_;
  std::unique_ptr<Cache> cache_;
};

TEST_F(RedisCacheTest, ComesBackWithAKilledServer) {
  Open(testing::Patient(server_));
  cache_->Put("a", "1", seconds{60});
  ASSERT_EQ(cache_->Get("a"), "1");
  server_.Kill();
  EXPECT_EQ(cache_->Get("a"), std::nullopt);
  cache_->Put("a", "2", seconds{60});
  cache_->Erase("a");
  server_.Start();
  EXPECT_EQ(server_.Ask({"DBSIZE"}), "0");
  ASSERT_TRUE(Serves(*cache_));
  EXPECT_EQ(cache_->Get("a"), std::nullopt);  // A new server knows nothing, and nothing old is sent after it.
}

TEST_F(RedisCacheTest, IsAMissSoonWhenTheServerHangsAndComesBackWithIt) {
  Open(Hasty(server_.address()));
  cache_->Put("a", "1", seconds{60});
  ASSERT_TRUE(Eventually([&] { return cache_->Get("a") == "1"; }));
  server_.Pause();
  EXPECT_LT(TimeOf([&] { EXPECT_EQ(cache_->Get("a"), std::nullopt); }), kSoon);
  // The breaker is open: a hundred more cost no more than the one that found out.
  EXPECT_LT(TimeOf([&] {
              for (int i = 0; i < 100; ++i) EXPECT_EQ(cache_->Get("a"), std::nullopt);
            }),
            kSoon);
  server_.Resume();
  EXPECT_TRUE(Eventually([&] { return cache_->Get("a") == "1"; }));
}

TEST_F(RedisCacheTest, AFlushedServerIsAMiss) {
  Open(testing::Patient(server_));
  const double errors = metrics_.Count("hotline_cache_errors_total");
  cache_->Put("a", "1", seconds{60});
  ASSERT_EQ(cache_->Get("a"), "1");
  server_.Ask({"FLUSHALL"});
  EXPECT_EQ(cache_->Get("a"), std::nullopt);
  EXPECT_EQ(metrics_.Count("hotline_cache_errors_total"), errors);
}

TEST_F(RedisCacheTest, WhatIsOfAnotherTypeUnderItsKeyIsAMissAndCleared) {
  Open(testing::Patient(server_));
  ASSERT_EQ(server_.Ask({"LPUSH", "hotline/1/a", "x"}), "1");
  EXPECT_EQ(cache_->Get("a"), std::nullopt);
  EXPECT_GE(metrics_.Count("hotline_cache_errors_total"), 1);
  ASSERT_TRUE(Serves(*cache_));
  EXPECT_TRUE(Eventually([&] { return server_.Ask({"EXISTS", "hotline/1/a"}) == "0"; }));
  cache_->Put("a", "1", seconds{60});
  EXPECT_EQ(cache_->Get("a"), "1");
}

TEST_F(RedisCacheTest, WhatItDidNotPutIsAMissAndCleared) {
  Open(testing::Patient(server_));
  const std::string foreign = redis::Wrap("hotline/1/b", "the value of another key");
  for (const std::string& bytes : {std::string{"x"}, std::string(500'000, 'x'), foreign}) {
    ASSERT_EQ(server_.Ask({"SET", "hotline/1/a", bytes, "PX", "60000"}), "OK");
    EXPECT_EQ(cache_->Get("a"), std::nullopt);
    ASSERT_TRUE(Serves(*cache_));
    EXPECT_TRUE(Eventually([&] { return server_.Ask({"EXISTS", "hotline/1/a"}) == "0"; }));
  }
}

TEST_F(RedisCacheTest, AValueWithoutAnEndIsNotBelieved) {
  Open(testing::Patient(server_));
  cache_->Put("a", "1", seconds{60});
  ASSERT_EQ(cache_->Get("a"), "1");
  ASSERT_EQ(server_.Ask({"PERSIST", "hotline/1/a"}), "1");
  EXPECT_EQ(cache_->Get("a"), std::nullopt);
}

TEST_F(RedisCacheTest, EveryValueHasAnEndAndTheyDiffer) {
  Open(testing::Patient(server_));
  std::set<std::string> ends;
  for (int i = 0; i < 20; ++i) {
    const std::string key = std::to_string(i);
    cache_->Put(key, "1", seconds{1000});
    ASSERT_TRUE(cache_->Get(key));
    const std::string left = server_.Ask({"TTL", "hotline/1/" + key});
    EXPECT_GT(std::stoi(left), 850);
    EXPECT_LE(std::stoi(left), 1000);
    ends.insert(left);
  }
  EXPECT_GT(ends.size(), 3U);
}

TEST_F(RedisCacheTest, KeepsNothingThatIsTooLargeNorWhatItReplaced) {
  RedisOptions options = testing::Patient(server_);
  options.max_value_bytes = 1'000;
  Open(options);
  const double errors = metrics_.Count("hotline_cache_errors_total");
  cache_->Put("a", std::string(1'000, 'x'), seconds{60});
  EXPECT_EQ(cache_->Get("a"), std::string(1'000, 'x'));
  cache_->Put("a", std::string(1'001, 'y'), seconds{60});
  EXPECT_EQ(cache_->Get("a"), std::nullopt);
  EXPECT_EQ(metrics_.Count("hotline_cache_errors_total"), errors);
}

TEST_F(RedisCacheTest, AFullServerStillAnswers) {
  Open(testing::Patient(server_));
  cache_->Put("a", "1", seconds{60});
  ASSERT_EQ(cache_->Get("a"), "1");
  ASSERT_EQ(server_.Ask({"CONFIG", "SET", "maxmemory", "1"}), "OK");
  cache_->Put("b", "2", seconds{60});
  EXPECT_EQ(cache_->Get("b"), std::nullopt);
  EXPECT_EQ(cache_->Get("a"), "1");
}

TEST_F(RedisCacheTest, AFullQueueRefusesAndNeverWaits) {
  RedisOptions options = Hasty(server_.address());
  options.command_timeout = seconds{10};
  options.max_in_flight = 4;
  Open(options);
  const double errors = metrics_.Count("hotline_cache_errors_total");
  server_.Pause();
  for (int i = 0; i < 4; ++i) cache_->Put(std::to_string(i), "1", seconds{60});
  EXPECT_LT(TimeOf([&] { EXPECT_EQ(cache_->Get("a"), std::nullopt); }), seconds{5});
  cache_->Put("b", "1", seconds{60});
  EXPECT_GE(metrics_.Count("hotline_cache_errors_total"), errors + 1);
  server_.Resume();
  EXPECT_TRUE(Serves(*cache_));
}

TEST(RedisCacheStartTest, NeedsAHostAndAPort) {
  testing::CountingMetrics metrics;
  for (const char* address : {"", "localhost", ":6379", "localhost:", "localhost:x", "localhost:70000", "h:1x"}) {
    EXPECT_THROW(static_cast<void>(OpenRedisCache({.address = address}, metrics)), std::runtime_error) << address;
  }
}

TEST(RedisCacheStartTest, AServerThatIsAwayIsNoError) {
  testing::CountingMetrics metrics;
  const testing::TemporaryFolder folder;
  tests::RedisServer server{folder / "redis"};
  server.Start();
  server.Kill();
  const auto cache = OpenRedisCache(Hasty(server.address()), metrics);
  cache->Put("a", "1", seconds{60});
  EXPECT_EQ(cache->Get("a"), std::nullopt);
  EXPECT_TRUE(Eventually([&] { return metrics.Count("hotline_cache_errors_total") > 3; }));  // It goes on trying.
  server.Start();
  EXPECT_TRUE(Serves(*cache));
}

TEST(RedisCacheStartTest, TellsItsPassword) {
  testing::CountingMetrics metrics;
  const testing::TemporaryFolder folder;
  tests::RedisServer server{folder / "redis", "secret word"};
  server.Start();
  RedisOptions options = testing::Patient(server);
  const auto stranger = OpenRedisCache(options, metrics);
  EXPECT_TRUE(Eventually([&] { return metrics.Count("hotline_cache_errors_total") > 3; }));
  stranger->Put("a", "1", seconds{60});
  EXPECT_EQ(stranger->Get("a"), std::nullopt);
  options.password = "secret word";
  EXPECT_TRUE(Serves(*OpenRedisCache(options, metrics)));
}

TEST(RedisCacheStartTest, PrefixesKeepHotlinesApart) {
  testing::CountingMetrics metrics;
  RedisOptions options = testing::FreshRedis();
  options.key_prefix = "north/";
  const auto north = OpenRedisCache(options, metrics);
  options.key_prefix = "south/";
  const auto south = OpenRedisCache(options, metrics);
  ASSERT_TRUE(Serves(*north) && Serves(*south));
  north->Put("a", "1", seconds{60});
  ASSERT_EQ(north->Get("a"), "1");
  EXPECT_EQ(south->Get("a"), std::nullopt);
}

struct Nonsense {
  const char* name;
  std::string greeting;  ///< What the server answers to PING.
  std::string answer;    ///< What it answers to a Get().
};

class RedisNonsenseTest : public ::testing::TestWithParam<Nonsense> {};

TEST_P(RedisNonsenseTest, IsAMissAndDropsTheConnection) {
  tests::Impostor impostor{{{GetParam().greeting, GetParam().answer, GetParam().answer}}};
  testing::CountingMetrics metrics;
  const auto cache = OpenRedisCache(Hasty(impostor.address()), metrics);
  EXPECT_TRUE(Eventually([&] {
    EXPECT_EQ(cache->Get("a"), std::nullopt);
    return impostor.served() >= 3;
  }));
  EXPECT_GE(metrics.Count("hotline_cache_errors_total"), 2);
}

INSTANTIATE_TEST_SUITE_P(
    RedisImpostor, RedisNonsenseTest,
    ::testing::Values(
        Nonsense{"NoRedis", "HTTP/1.1 400 Bad Request\r\n\r\n", ""}, Nonsense{"AnotherGreeting", "+HELLO\r\n", ""},
        Nonsense{"ALoadingServer", "-LOADING\r\n", ""}, Nonsense{"SaysTooMuch", "+PONG\r\n+OK\r\n:1\r\n", ""},
        Nonsense{"ProtocolError", "+PONG\r\n", "$abc\r\n"}, Nonsense{"NumberForText", "+PONG\r\n", ":1\r\n:1\r\n"},
        Nonsense{"TextForNumber", "+PONG\r\n", "$0\r\n\r\n$1\r\nx\r\n"},
        Nonsense{"AnErrorForText", "+PONG\r\n", "-ERR no\r\n:1\r\n"},
        Nonsense{"ValueOfNobody", "+PONG\r\n", "$5\r\nhello\r\n:1000\r\n"},
        Nonsense{"HugeArray", "+PONG\r\n", "*2147483647\r\n"},
        Nonsense{"NestedArrays", "+PONG\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"},
        Nonsense{"HalfAnAnswer", "+PONG\r\n", "$100\r\nhalf"},
        Nonsense{"AnAnswerWithoutEnd", "+PONG\r\n", "$500000000\r\n" + std::string(3'000'000, 'x')},
        Nonsense{"ANegativeLength", "+PONG\r\n", "$-5\r\n:1\r\n"}, Nonsense{"NeverAnswers", "", ""},
        Nonsense{"NeverAnswersCommands", "+PONG\r\n", ""}),
    [](const auto& kind) { return kind.param.name; });

TEST(RedisCacheStartTest, AServerThatDoesNotTakeConnectionsCostsCallersNothing) {
  // A door with no room behind it: the connection is never made and never refused.
  const int door = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(any);
  ASSERT_EQ(bind(door, reinterpret_cast<sockaddr*>(&any), size), 0);
  ASSERT_EQ(listen(door, 0), 0);
  ASSERT_EQ(getsockname(door, reinterpret_cast<sockaddr*>(&any), &size), 0);
  std::vector<int> crowd;
  for (int i = 0; i < 4; ++i) {
    crowd.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    static_cast<void>(connect(crowd.back(), reinterpret_cast<sockaddr*>(&any), sizeof any));
  }
  testing::CountingMetrics metrics;
  const auto cache = OpenRedisCache(Hasty("127.0.0.1:" + std::to_string(ntohs(any.sin_port))), metrics);
  EXPECT_TRUE(Eventually([&] {
    EXPECT_LT(TimeOf([&] { EXPECT_EQ(cache->Get("a"), std::nullopt); }), kSoon);
    return metrics.Count("hotline_cache_errors_total") >= 3;
  }));
  for (const int guest : crowd) close(guest);
  close(door);
}

TEST(RedisLayersTest, MemoryServesWhileTheServerIsAway) {
  const testing::TemporaryFolder folder;
  tests::RedisServer server{folder / "redis"};
  server.Start();
  testing::CountingMetrics metrics;
  const auto open = [&] { return OpenRedisCache(testing::Patient(server), metrics); };
  LayeredCache one{1'000'000, open(), metrics};
  LayeredCache other{1'000'000, open(), metrics};
  const auto shared = open();
  ASSERT_TRUE(Serves(*shared) && Serves(one) && Serves(other));
  ASSERT_TRUE(Eventually([&] {  // Both have their connection.
    one.Put("a", "1", seconds{60});
    return other.Get("a") == "1";
  }));
  server.Kill();
  EXPECT_EQ(one.Get("a"), "1");
  EXPECT_EQ(other.Get("a"), "1");
  EXPECT_EQ(other.Get("never there"), std::nullopt);
}

TEST(RedisLayersTest, WhatTheOtherProcessPutLivesNoLongerHere) {
  testing::CountingMetrics metrics;
  LayeredCache one{1'000'000, OpenRedisCache(testing::FreshRedis(), metrics), metrics};
  LayeredCache other{1'000'000, OpenRedisCache(testing::Patient(testing::SharedRedis()), metrics), metrics};
  std::optional<Cache::Found> found;
  ASSERT_TRUE(Eventually([&] {
    one.Put("a", "1", seconds{100});
    found = other.Find("a");
    return found.has_value();
  }));
  found = other.Find("a");  // Now of its own memory.
  ASSERT_TRUE(found);
  EXPECT_LE(found->time_left, seconds{100});
}

}  // namespace
}  // namespace hotline::platform
