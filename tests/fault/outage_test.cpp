// The servers that Hotline stands on fall one after the other, under load: what clients are told meanwhile, and what is
// left afterwards (promises 1 to 4 and 6). tests/fault/outages runs them; HOTLINE_TEST_OUTAGE sets for how long.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "fault/outage.h"
#include "support/asker.h"
#include "support/impostor.h"
#include "support/server.h"

namespace hotline::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Each;
using ::testing::Eq;
using ::testing::Key;

/// For a question, whatever has become of Redis.
constexpr milliseconds kAnswerPatience{2'000};
constexpr milliseconds kBetweenHarms{100};

class OutageOfServersTest : public OutageTest {
 protected:
  /// Asks both copies of knowledge until it is stopped.
  std::unique_ptr<Asker> Ask() {
    std::vector<std::shared_ptr<grpc::Channel>> copies;
    for (const std::string& name : cluster().Copies()) {
      if (absl::StartsWith(name, "knowledge-")) copies.push_back(PatientChannel(cluster().AddressOf(name)));
    }
    const std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    return std::make_unique<Asker>(copies, name, kAnswerPatience);
  }

  static void Report(const Asker& asker) {
    std::printf("  questions %d, the longest %ld ms, articles that came, changed and went %d\n", asker.asked(),
                static_cast<long>(asker.longest().count()), asker.lives());
    EXPECT_GT(asker.lives(), 0);
  }

  /// Redis is as `harm` leaves it, for the length of an outage.
  template <typename Harm, typename Mend>
  void RedisOutage(Harm harm, Mend mend) {
    ASSERT_NO_FATAL_FAILURE(Begin());
    const auto asker = Ask();
    harm();
    ExpectOpenWhile(Fallen());
    mend();
    Back();
    asker->Stop();
    Report(*asker);
  }

  /// Says it to Redis again and again.
  static std::jthread Repeat(const std::string& words) {
    const std::string at = cluster().AddressOf("redis");
    const std::string command = absl::StrCat("redis-cli -p ", at.substr(at.find(':') + 1), " ", words, " >/dev/null");
    return std::jthread{[command](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
        std::this_thread::sleep_for(kBetweenHarms);
      }
    }};
  }
};

/// Of the campaign alone.
class LongOutageOfServersTest : public OutageOfServersTest {};

TEST_F(OutageOfServersTest, BrokerKilled) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  cluster().Kill("kafka-1");
  ExpectOpenWhile(Fallen());
  cluster().Up();
  Back();
}

TEST_F(LongOutageOfServersTest, BrokerHung) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  cluster().Freeze("kafka-1");
  ExpectOpenWhile(Fallen());
  cluster().Thaw("kafka-1");
  Back();
}

TEST_F(OutageOfServersTest, PostgresqlKilled) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  cluster().Kill("postgresql");
  const Meanwhile meanwhile = Fallen();
  ExpectHonestWhile(meanwhile);
  EXPECT_THAT(meanwhile.refused, Each(Key(Eq(absl::StatusCode::kUnavailable))));
  EXPECT_TRUE(absl::IsUnavailable(meanwhile.call)) << meanwhile.call;
  cluster().Up();
  Back();
}

TEST_F(OutageOfServersTest, PostgresqlHung) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  cluster().Freeze("postgresql");
  ExpectHonestWhile(Fallen(seconds{8}));  // Longer than a client waits.
  cluster().Thaw("postgresql");
  Back();
}

TEST_F(LongOutageOfServersTest, RedisKilled) {
  RedisOutage([] { cluster().Kill("redis"); }, [] { cluster().Up(); });
}

TEST_F(OutageOfServersTest, RedisHung) {
  RedisOutage([] { cluster().Freeze("redis"); }, [] { cluster().Thaw("redis"); });
}

TEST_F(OutageOfServersTest, RedisAnswersGarbage) {
  std::unique_ptr<Impostor> impostor;
  RedisOutage(
      [&] {
        cluster().Kill("redis");
        const std::string at = cluster().AddressOf("redis");
        const std::string much = "$500000000\r\n" + std::string(3'000'000, 'x');
        impostor = std::make_unique<Impostor>(
            std::vector<Impostor::Script>{{"+PONG\r\n", "$5\r\nhello\r\n:1000\r\n", "$5\r\nhello\r\n:1000\r\n"},
                                          {"+PONG\r\n", "$abc\r\n"},
                                          {"+PONG\r\n", ":1\r\n:1\r\n", "*2147483647\r\n"},
                                          {"HTTP/1.1 400 Bad Request\r\n\r\n"},
                                          {"+PONG\r\n", "$100\r\nhalf"},
                                          {"+PONG\r\n", much},
                                          {"+PONG\r\n+OK\r\n:1\r\n"},
                                          {"+PONG\r\n"}},
            std::stoi(at.substr(at.find(':') + 1)));
      },
      [&] {
        EXPECT_GT(impostor->served(), 0) << "nobody came to ask it";
        impostor.reset();
        cluster().Up();
      });
}

TEST_F(LongOutageOfServersTest, RedisFlushed) {
  std::jthread flushing;
  RedisOutage([&] { flushing = Repeat("FLUSHALL"); }, [&] { flushing = {}; });
}

TEST_F(LongOutageOfServersTest, RedisHoldsTheAnswersToOtherQuestions) {
  std::jthread scrambling;
  RedisOutage(
      [&] {
        scrambling = Repeat(
            "EVAL \"local k = redis.call('KEYS', '*') for i = 1, #k - 1, 2 do local a = redis.call('GET', k[i]) "
            "redis.call('SET', k[i], redis.call('GET', k[i + 1]), 'KEEPTTL') "
            "redis.call('SET', k[i + 1], a, 'KEEPTTL') end return #k\" 0");
      },
      [&] { scrambling = {}; });
}

}  // namespace
}  // namespace hotline::tests
