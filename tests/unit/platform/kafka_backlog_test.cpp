// How much of a partition its handler is given at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/bus/kafka/backlog.h"

namespace hotline::platform::kafka {
namespace {

using std::chrono::milliseconds;
using testing::Each;
using testing::ElementsAre;

class KafkaBacklogTest : public testing::Test {
 protected:
  KafkaBacklogTest() {
    backlog_.Assign(std::array{0, 1});
    for (int offset = 0; offset < 8'000; ++offset) {
      for (const std::int32_t partition : {0, 1})
        static_cast<void>(backlog_.Add({.event = {}, .position = {.partition = partition, .offset = offset}}));
    }
  }

  /// Sizes of the next batches, each of which takes its handler so long.
  std::vector<std::size_t> Batches(std::size_t count, milliseconds each) {
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i < count; ++i) {
      const auto batch = backlog_.Take();
      sizes.push_back(batch->deliveries.size());
      partitions_.push_back(batch->partition);
      now_ += each;
      backlog_.Done(*batch);
    }
    return sizes;
  }

  Backlog::Clock::time_point now_;
  Backlog backlog_{[this] { return now_; }};
  std::vector<std::int32_t> partitions_;
};

TEST_F(KafkaBacklogTest, AQuickHandlerIsGivenMoreAtOnceUpToALimit) {
  EXPECT_THAT(Batches(5, milliseconds{10}), ElementsAre(256, 512, 1024, 1024, 1024));
}

TEST_F(KafkaBacklogTest, ASlowOneIsGivenLessSoThatOtherPartitionsNeedNotWaitForIt) {
  EXPECT_THAT(Batches(5, milliseconds{900}), ElementsAre(256, 128, 64, 64, 64));
  EXPECT_THAT(partitions_, ElementsAre(0, 1, 0, 1, 0)) << "in turn";
  EXPECT_THAT(Batches(3, milliseconds{1}), ElementsAre(64, 128, 256)) << "and more again, once it is quick";
}

TEST_F(KafkaBacklogTest, ABatchThatIsNotFullSaysNothingOfWhatMoreWouldTake) {
  Backlog few{[this] { return now_; }};
  few.Assign(std::array{0});
  for (int offset = 0; offset < 600; ++offset) {
    static_cast<void>(few.Add({.event = {}, .position = {.partition = 0, .offset = offset}}));
    if (offset >= 100) continue;
    const auto batch = few.Take();
    ASSERT_EQ(batch->deliveries.size(), 1u);
    few.Done(*batch);
  }
  EXPECT_EQ(few.Take()->deliveries.size(), 256u);
}

TEST_F(KafkaBacklogTest, WhatIsLargeCountsForMoreSoThatMemoryIsBounded) {
  constexpr std::size_t kLarge = 1'000'000;  // Near the largest event that a broker takes.
  Backlog large{[this] { return now_; }};
  large.Assign(std::array{0});
  std::size_t fetched = 0;
  const auto add = [&] {
    return large.Add({.event = {.payload = std::string(kLarge, 'x')},
                      .position = {.partition = 0, .offset = static_cast<std::int64_t>(fetched++)}});
  };
  while (add()) ASSERT_LT(fetched, 100u) << "a hundred megabytes wait, and it still wants more";
  EXPECT_EQ(large.Take()->deliveries.size(), 1u) << "an event that is more than enough comes alone";
  EXPECT_THAT(large.Drained(), testing::IsEmpty());
}

TEST_F(KafkaBacklogTest, APartitionThatHadTooMuchOfTheLargeWantsMoreOnceItIsNearlyEmpty) {
  Backlog large{[this] { return now_; }};
  large.Assign(std::array{0});
  std::int64_t offset = 0;
  while (large.Add({.event = {.payload = std::string(1'000'000, 'x')}, .position = {.partition = 0, .offset = offset}}))
    ASSERT_LT(++offset, 100);
  bool wants_more = false;
  std::int64_t handled = 0;
  for (; handled <= offset && !wants_more; ++handled) wants_more = large.Done(*large.Take());
  EXPECT_TRUE(wants_more);
  EXPECT_LT(handled, offset) << "before it has nothing to do";
  EXPECT_THAT(large.Drained(), ElementsAre(0));
}

}  // namespace
}  // namespace hotline::platform::kafka
