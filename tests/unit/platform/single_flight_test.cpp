#include "platform/concurrency/single_flight.h"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "contract/platform_testing.h"

namespace hotline::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Holds the first piece of work until the test lets it go.
class Gate {
 public:
  void Wait() {
    std::unique_lock lock{mutex_};
    reached_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void AwaitGuest() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return reached_; });
  }
  void Open() {
    const std::lock_guard lock{mutex_};
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool reached_ = false;
  bool open_ = false;
};

TEST(SingleFlightTest, WorksOnceForAllWhoAskAtTheSameTime) {
  SingleFlight<int> flights;
  Gate gate;
  std::atomic<int> worked{0};
  std::thread leader{[&] {
    EXPECT_EQ(flights.Do("a", seconds{20},
                         [&] {
                           gate.Wait();
                           ++worked;
                           return 7;
                         }),
              7);
  }};
  gate.AwaitGuest();
  std::atomic<int> asking{0};
  std::vector<std::thread> others;
  for (int i = 0; i < 8; ++i) {
    others.emplace_back([&] {
      ++asking;
      EXPECT_EQ(flights.Do("a", seconds{20}, [&] { return ++worked; }), 7);
    });
  }
  // Those who have begun to ask either wait now or will find the work still in hand: the gate is closed for them all.
  ASSERT_TRUE(testing::Eventually([&] { return asking == 8 && flights.waiting("a") == 8; }));
  gate.Open();
  leader.join();
  for (std::thread& other : others) other.join();
  EXPECT_EQ(worked, 1);
}

TEST(SingleFlightTest, AnotherKeyDoesNotWait) {
  SingleFlight<int> flights;
  EXPECT_EQ(flights.Do("a", seconds{20}, [&] { return flights.Do("b", seconds{20}, [] { return 2; }); }), 2);
}

TEST(SingleFlightTest, ALaterQuestionIsWorkedAnew) {
  SingleFlight<int> flights;
  int worked = 0;
  EXPECT_EQ(flights.Do("a", seconds{20}, [&] { return ++worked; }), 1);
  EXPECT_EQ(flights.Do("a", seconds{20}, [&] { return ++worked; }), 2);
}

TEST(SingleFlightTest, WhoHasWaitedLongEnoughWorksAlone) {
  SingleFlight<int> flights;
  Gate gate;
  std::thread leader{[&] {
    flights.Do("a", seconds{20}, [&] {
      gate.Wait();
      return 1;
    });
  }};
  gate.AwaitGuest();
  EXPECT_EQ(flights.Do("a", milliseconds{1}, [] { return 2; }), 2);
  gate.Open();
  leader.join();
}

TEST(SingleFlightTest, NobodyWaitsForWorkThatFailed) {
  SingleFlight<int> flights;
  EXPECT_THROW(flights.Do("a", seconds{20}, []() -> int { throw std::runtime_error{"no"}; }), std::runtime_error);
  EXPECT_EQ(flights.Do("a", seconds{20}, [] { return 2; }), 2);
}

}  // namespace
}  // namespace hotline::platform
