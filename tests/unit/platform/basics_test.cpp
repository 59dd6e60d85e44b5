// Times, ids, bytes, the LRU cache, actors.
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "platform/bytes.h"
#include "platform/cache/lru_cache.h"
#include "platform/ids.h"
#include "platform/security/actor.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(TimeTest, ReadsEveryFormOfRfc3339) {
  const Time expected = ParseTime("2026-03-03T09:12:00+08:00").value();
  EXPECT_EQ(expected.time_since_epoch(), seconds{1'772'500'320});
  EXPECT_EQ(ParseTime("2026-03-03T01:12:00Z").value(), expected);
  EXPECT_EQ(ParseTime("2026-03-02T20:42:00.000-04:30").value(), expected);
  EXPECT_EQ(ParseTime("2026-03-03T01:12:00.5Z").value(), expected + milliseconds{500});
  EXPECT_EQ(ParseTime("2026-03-03T01:12:00.123456Z").value(), expected + milliseconds{123});
}

TEST(TimeTest, RefusesWhatIsNoTime) {
  for (const auto* text :
       {"", "2026-03-03", "2026-03-03T09:12:00", "2026-02-30T09:12:00Z", "2026-13-01T09:12:00Z", "2026-03-03T24:12:00Z",
        "2026-03-03T09:60:00Z", "2026-03-03T09:12:00+8", "2026-3-03T09:12:00Z", "2026-03-03T09:12:00Zjunk",
        "2026-03-03T09:12:00.Z", "2026-03-03T09:12:00+25:00"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseTime(text).status())) << text;
  }
}

TEST(TimeTest, WritesChinaTimeAndReadsItBack) {
  EXPECT_EQ(FormatTime(ParseTime("2026-12-31T16:00:00Z").value()), "2027-01-01T00:00:00+08:00");
  EXPECT_EQ(FormatTime(ParseTime("2026-03-03T01:12:00.007Z").value()), "2026-03-03T09:12:00.007+08:00");
  const Time before_epoch{milliseconds{-1}};
  EXPECT_EQ(ParseTime(FormatTime(before_epoch)).value(), before_epoch);
}

TEST(UlidTest, HasItsTimeInFront) {
  EXPECT_EQ(NewUlid(Time{milliseconds{1'469'918'176'385}}).substr(0, 10), "01ARYZ6S41");  // The specification's.
  EXPECT_EQ(NewUlid(Time{milliseconds{1}}).size(), 26u);
}

TEST(UlidTest, GrowsWithTimeAndWithinAMillisecond) {
  std::string last;
  for (int i = 0; i < 10'000; ++i) {
    std::string next = NewUlid(Time{milliseconds{1'000'000 + i / 1000}});
    EXPECT_LT(last, next);
    last = std::move(next);
  }
}

TEST(UlidTest, IsUniqueAcrossThreads) {
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  for (auto& ids : made) {
    threads.emplace_back([&ids] {
      for (int i = 0; i < 5000; ++i) ids.push_back(NewUlid(Time{milliseconds{i % 3}}));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& ids : made) all.insert(ids.begin(), ids.end());
  EXPECT_EQ(all.size(), 20'000u);
}

TEST(BytesTest, CarriesAnyByteAsText) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  EXPECT_EQ(FromBase64(ToBase64(bytes)).value(), bytes);
  EXPECT_EQ(FromBase64("").value(), "");
  EXPECT_FALSE(FromBase64("%%%").ok());
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

class LruCacheTest : public ::testing::Test {
 protected:
  std::chrono::steady_clock::time_point now_{};
  LruCache cache_{10'000, [this] { return now_; }};
};

TEST_F(LruCacheTest, ForgetsTheLeastRecentlyUsed) {
  const std::string value(2800, 'x');
  cache_.Put("a", value, seconds{60});
  cache_.Put("b", value, seconds{60});
  cache_.Put("c", value, seconds{60});
  EXPECT_TRUE(cache_.Get("a").has_value());
  cache_.Put("d", value, seconds{60});
  EXPECT_TRUE(cache_.Get("a").has_value());
  EXPECT_FALSE(cache_.Get("b").has_value());
  EXPECT_LE(cache_.size_bytes(), 10'000u);
}

TEST_F(LruCacheTest, KeepsNothingLargerThanItself) {
  cache_.Put("a", std::string(20'000, 'x'), seconds{60});
  EXPECT_FALSE(cache_.Get("a").has_value());
  EXPECT_EQ(cache_.size_bytes(), 0u);
}

TEST_F(LruCacheTest, AValueLivesAtMostItsTimeAndAtLeastNineTenths) {
  for (int i = 0; i < 20; ++i) cache_.Put(std::to_string(i), "v", seconds{100});
  now_ += seconds{89};
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(cache_.Get(std::to_string(i)).has_value());
  now_ += seconds{5};
  int alive = 0;
  for (int i = 0; i < 20; ++i) alive += cache_.Get(std::to_string(i)).has_value() ? 1 : 0;
  EXPECT_GT(alive, 0);  // They do not all go together.
  EXPECT_LT(alive, 20);
  now_ += seconds{6};
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(cache_.Get(std::to_string(i)).has_value());
  EXPECT_EQ(cache_.size_bytes(), 0u);
}

TEST_F(LruCacheTest, ReplacesAndErases) {
  cache_.Put("a", "1", seconds{60});
  cache_.Put("a", "2", seconds{60});
  EXPECT_EQ(cache_.Get("a"), "2");
  cache_.Erase("a");
  EXPECT_FALSE(cache_.Get("a").has_value());
  cache_.Put("a", "3", seconds{60});
  cache_.Put("a", "4", seconds{0});  // Already over.
  EXPECT_FALSE(cache_.Get("a").has_value());
}

TEST(ActorTest, NeedsOneOfTheRoles) {
  EXPECT_TRUE(RequireRole({.id = "1", .role = Role::kSupervisor}, {Role::kAgent, Role::kSupervisor}).ok());
  EXPECT_TRUE(RequireRole({.id = "1", .role = Role::kAgent, .development = true}, {Role::kDirector}).ok());
  const absl::Status denied = RequireRole({.id = "1", .role = Role::kAgent}, {Role::kKnowledge, Role::kFollowUp});
  EXPECT_TRUE(absl::IsPermissionDenied(denied));
  EXPECT_NE(std::string{denied.message()}.find("knowledge, follow-up"), std::string::npos);
}

}  // namespace
}  // namespace hotline::platform
