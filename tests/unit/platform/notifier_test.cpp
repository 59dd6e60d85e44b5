#include "platform/concurrency/notifier.h"

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace hotline::platform {
namespace {

TEST(NotifierTest, TellsThoseWhoWatchTheKey) {
  Notifier notifier;
  int one = 0;
  int other = 0;
  const auto first = notifier.Listen("one", [&] { ++one; });
  const auto second = notifier.Listen("other", [&] { ++other; });
  notifier.Notify("one");
  notifier.Notify("nobody");
  notifier.NotifyAll();
  EXPECT_EQ(one, 2);
  EXPECT_EQ(other, 1);
}

TEST(NotifierTest, ForgetsAListenerThatIsGone) {
  Notifier notifier;
  int calls = 0;
  auto registration = notifier.Listen("key", [&] { ++calls; });
  registration.reset();
  notifier.Notify("key");
  EXPECT_EQ(calls, 0);
}

TEST(NotifierTest, UnregisteringWaitsForAListenerThatRuns) {
  Notifier notifier;
  std::promise<void> entered;
  std::promise<void> leave;
  std::atomic<bool> left{false};
  auto registration = notifier.Listen("key", [&] {
    entered.set_value();
    leave.get_future().wait();
    left = true;
  });
  std::thread notifying{[&] { notifier.Notify("key"); }};
  entered.get_future().wait();
  auto unregistered = std::async(std::launch::async, [&] {
    registration.reset();
    return left.load();
  });
  EXPECT_EQ(unregistered.wait_for(std::chrono::milliseconds{50}), std::future_status::timeout);
  leave.set_value();
  EXPECT_TRUE(unregistered.get());
  notifying.join();
}

TEST(NotifierTest, AListenerMayUnregisterItself) {
  Notifier notifier;
  std::unique_ptr<Notifier::Registration> registration;
  int calls = 0;
  registration = notifier.Listen("key", [&] {
    ++calls;
    registration.reset();
  });
  notifier.Notify("key");
  notifier.Notify("key");
  EXPECT_EQ(calls, 1);
}

TEST(NotifierTest, AListenerMayNotifyAndListen) {
  Notifier notifier;
  int calls = 0;
  std::unique_ptr<Notifier::Registration> inner;
  const auto outer = notifier.Listen("outer", [&] {
    inner = notifier.Listen("inner", [&] { ++calls; });
    notifier.Notify("inner");
  });
  notifier.Notify("outer");
  EXPECT_EQ(calls, 1);
}

TEST(NotifierTest, NoListenerRunsAfterItsEnd) {
  Notifier notifier;
  std::atomic<bool> stop{false};
  std::vector<std::thread> notifying;
  for (int i = 0; i < 2; ++i) {
    notifying.emplace_back([&] {
      while (!stop) notifier.Notify("key");
    });
  }
  for (int i = 0; i < 2000; ++i) {
    auto alive = std::make_unique<std::atomic<bool>>(true);
    auto registration = notifier.Listen("key", [watched = alive.get()] { EXPECT_TRUE(watched->load()); });
    registration.reset();
    *alive = false;
    alive.reset();  // A late call would read freed memory.
  }
  stop = true;
  for (auto& thread : notifying) thread.join();
}

}  // namespace
}  // namespace hotline::platform
