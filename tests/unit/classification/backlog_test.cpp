// Where too many events wait, the encoder is spared; not for a moment's wavering.
#include "classification/adapters/backlog.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <span>
#include <thread>

namespace hotline::classification {
namespace {

using std::chrono::milliseconds;

/// Says how much waits, and nothing else.
struct Waiting final : platform::Bus {
  absl::Status Append(std::string_view, std::span<const platform::Event>,
                      std::chrono::steady_clock::time_point) override {
    return absl::UnimplementedError("");
  }
  std::unique_ptr<platform::Subscription> Consume(std::string_view, std::string_view,
                                                  platform::DeliveryHandler) override {
    return nullptr;
  }
  std::unique_ptr<platform::Subscription> Follow(std::string_view, std::vector<std::int64_t>,
                                                 platform::DeliveryHandler) override {
    return nullptr;
  }
  absl::StatusOr<std::int64_t> Lag(std::string_view topic, std::string_view group) override {
    EXPECT_EQ(topic, "calls");
    EXPECT_EQ(group, "classification");
    ++looks;
    return events < 0 ? absl::StatusOr<std::int64_t>{absl::UnavailableError("away")} : events.load();
  }
  std::atomic<std::int64_t> events{0};
  std::atomic<int> looks{0};
};

class BacklogTest : public testing::Test {
 protected:
  /// What the watch says once it has looked at `events` waiting.
  bool TooLongWith(std::int64_t events) {
    bus_.events = events;
    const int before = bus_.looks;
    for (int i = 0; i < 20'000 && bus_.looks < before + 2; ++i) std::this_thread::sleep_for(milliseconds{1});
    EXPECT_GE(bus_.looks, before + 2) << "the watch looks no longer";
    return backlog_.too_long();
  }

  Waiting bus_;
  Backlog backlog_{bus_, "calls", "classification", 100, milliseconds{1}};
};

TEST_F(BacklogTest, IsTooLongAboveTheLimitUntilHalfIsLeft) {
  EXPECT_FALSE(TooLongWith(0));
  EXPECT_FALSE(TooLongWith(100));
  EXPECT_TRUE(TooLongWith(101));
  EXPECT_TRUE(TooLongWith(51));
  EXPECT_FALSE(TooLongWith(50));
  EXPECT_FALSE(TooLongWith(100));
}

TEST_F(BacklogTest, StaysAsItIsWhereNothingIsKnown) {
  EXPECT_TRUE(TooLongWith(500));
  EXPECT_TRUE(TooLongWith(-1));
  EXPECT_FALSE(TooLongWith(0));
  EXPECT_FALSE(TooLongWith(-1));
}

}  // namespace
}  // namespace hotline::classification
