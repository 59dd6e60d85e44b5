// What every cache promises; the list of implementations is at the end.
#include <atomic>

#include <gmock/gmock.h>

#include "contract/redis_testing.h"
#include "platform/cache/layered_cache.h"
#include "platform/cache/lru_cache.h"
#include "platform/cache/redis_cache.h"

namespace hotline::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Eventually;

struct CacheKind {
  const char* name;
  std::function<std::unique_ptr<Cache>(Metrics&)> open;
};

class CacheTest : public ::testing::TestWithParam<CacheKind> {
 protected:
  void SetUp() override {
    cache_ = GetParam().open(metrics_);
    ASSERT_TRUE(testing::Serves(*cache_));
  }

  testing::CountingMetrics metrics_;
  std::unique_ptr<Cache> cache_;
};

TEST_P(CacheTest, BringsWhatWasPut) {
  const std::string value{"\x00\xff\r\n$-1\r\n 云州", 16};
  cache_->Put("a/1", value, seconds{60});
  EXPECT_EQ(cache_->Get("a/1"), value);
  EXPECT_EQ(cache_->Get("a/2"), std::nullopt);
}

TEST_P(CacheTest, AnEmptyValueIsAValue) {
  cache_->Put("empty", "", seconds{60});
  EXPECT_EQ(cache_->Get("empty"), "");
}

TEST_P(CacheTest, TakesKeysOfAnyBytes) {
  const std::string key{"k \x00\r\n\"é 问", 12};
  cache_->Put(key, "1", seconds{60});
  cache_->Put(key + "x", "2", seconds{60});
  EXPECT_EQ(cache_->Get(key), "1");
}

TEST_P(CacheTest, TheLastPutCounts) {
  cache_->Put("b", "1", seconds{60});
  cache_->Put("b", "2", seconds{60});
  EXPECT_EQ(cache_->Get("b"), "2");
}

TEST_P(CacheTest, ErasesForGood) {
  cache_->Put("c", "1", seconds{60});
  cache_->Erase("c");
  EXPECT_EQ(cache_->Get("c"), std::nullopt);
  cache_->Erase("never there");
}

TEST_P(CacheTest, WhatIsOverIsNotKept) {
  cache_->Put("d", "1", seconds{60});
  cache_->Put("d", "2", seconds{0});
  EXPECT_EQ(cache_->Get("d"), std::nullopt);
}

TEST_P(CacheTest, SaysHowLongAValueHasLeft) {
  cache_->Put("e", "1", seconds{100});
  const std::optional<Cache::Found> found = cache_->Find("e");
  ASSERT_TRUE(found);
  EXPECT_LE(found->time_left, seconds{100});
  EXPECT_GT(found->time_left, seconds{80});  // A tenth less at random, and a slow machine.
}

TEST_P(CacheTest, ForgetsWhenItsTimeIsOver) {
  cache_->Put("f", "1", milliseconds{30});
  EXPECT_TRUE(Eventually([&] { return !cache_->Get("f"); }));
}

TEST_P(CacheTest, BringsEachThreadItsOwn) {
  constexpr int kThreads = 8;
  constexpr int kKeys = 200;
  std::atomic<int> wrong{0};
  std::atomic<int> hits{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kKeys; ++i) {
        const std::string key = "many/" + std::to_string(thread) + "/" + std::to_string(i);
        cache_->Put(key, key + "'s value", seconds{60});
        const std::optional<std::string> got = cache_->Get(key);
        if (got) ++hits;
        if (got && *got != key + "'s value") ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(hits, kThreads * kKeys / 2);  // A busy machine may be late for some, and late is a miss.
}

INSTANTIATE_TEST_SUITE_P(Memory, CacheTest,
                         ::testing::Values(CacheKind{"Lru",
                                                     [](Metrics&) { return std::make_unique<LruCache>(1'000'000); }},
                                           CacheKind{"LayeredAlone",
                                                     [](Metrics& metrics) {
                                                       return std::make_unique<LayeredCache>(1'000'000, nullptr,
                                                                                             metrics);
                                                     }}),
                         [](const auto& kind) { return kind.param.name; });

INSTANTIATE_TEST_SUITE_P(
    RedisServer, CacheTest,
    ::testing::Values(CacheKind{"Redis",
                                [](Metrics& metrics) { return OpenRedisCache(testing::FreshRedis(), metrics); }},
                      CacheKind{"Layered",
                                [](Metrics& metrics) {
                                  return std::make_unique<LayeredCache>(
                                      1'000'000, OpenRedisCache(testing::FreshRedis(), metrics), metrics);
                                }}),
    [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace hotline::platform
