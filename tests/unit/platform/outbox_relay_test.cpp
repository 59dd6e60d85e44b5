#include "platform/bus/outbox_relay.h"

#include <gmock/gmock.h>

#include "unit/platform/delivery_fixture.h"

namespace hotline::platform {
namespace {

using testing::Arrivals;
using ::testing::ElementsAre;
using testing::Eventually;
using testing::Soon;

/// The real bus behind a door that can be shut, and that can lose the answer of an append that succeeded.
class DoorBus final : public Bus {
 public:
  explicit DoorBus(Bus& bus) : bus_{bus} {}
  absl::Status Append(std::string_view topic, std::span<const Event> events,
                      std::chrono::steady_clock::time_point deadline) override {
    ++appends;
    if (shut) return absl::UnavailableError("the bus is away");
    absl::Status appended = bus_.Append(topic, events, deadline);
    if (answers_to_lose.fetch_sub(1) > 0) return absl::DeadlineExceededError("no answer");
    return appended;
  }
  std::unique_ptr<Subscription> Consume(std::string_view, std::string_view, DeliveryHandler) override {
    return nullptr;
  }
  std::unique_ptr<Subscription> Follow(std::string_view, std::vector<std::int64_t>, DeliveryHandler) override {
    return nullptr;
  }
  absl::StatusOr<std::int64_t> Lag(std::string_view topic, std::string_view group) override {
    return bus_.Lag(topic, group);
  }

  std::atomic<int> appends{0};
  std::atomic<bool> shut{false};
  std::atomic<int> answers_to_lose{0};

 private:
  Bus& bus_;
};

/// The store of a relay: what it commits (removals) can be held back, and can fail.
class SlowStore final : public Store {
 public:
  explicit SlowStore(Store& store) : store_{store} {}
  absl::Status MigrateTo(std::span<const Migration> migrations, std::int64_t id) override {
    return store_.MigrateTo(migrations, id);
  }
  void Submit(Work work, std::chrono::steady_clock::time_point deadline, Done done) override {
    ++commits;
    if (commits_to_fail.fetch_sub(1) > 0) return done(absl::UnavailableError("the database is away"));
    const std::lock_guard lock{mutex_};
    if (!holds_) return store_.Submit(std::move(work), deadline, std::move(done));
    held_.push_back([=, this] {
      store_.Submit(work, deadline, [=, this](const absl::Status& status) {
        done(status);
        ++let_go;
      });
    });
  }
  absl::Status Read(const std::function<absl::Status(Session&)>& work) override {
    return store_.Read([&](Session& session) {
      session.Query("SELECT count(*) FROM outbox");  // What is read from here on is as it was here.
      if (const auto run = Meanwhile(nullptr)) run();
      return work(session);
    });
  }
  void OnPublished(std::function<void()> listener) override { store_.OnPublished(std::move(listener)); }

  void Hold() {
    const std::lock_guard lock{mutex_};
    holds_ = true;
  }
  void LetGo() {
    const std::lock_guard lock{mutex_};
    holds_ = false;
    for (const auto& submit : std::exchange(held_, {})) submit();
  }
  bool holds_some() {
    const std::lock_guard lock{mutex_};
    return !held_.empty();
  }

  std::atomic<int> commits{0};
  std::atomic<int> commits_to_fail{0};
  std::atomic<int> let_go{0};  ///< Of those held, how many have ended.

  /// `run` runs once, in the next read, between what it sees and what it does. Returns what was to run.
  std::function<void()> Meanwhile(std::function<void()> run) {
    const std::lock_guard lock{mutex_};
    return std::exchange(meanwhile_, std::move(run));
  }

 private:
  Store& store_;
  std::mutex mutex_;
  bool holds_ = false;
  std::vector<std::function<void()>> held_;
  std::function<void()> meanwhile_;
};

class OutboxRelayTest : public testing::DeliveryTest {
 protected:
  void SetUp() override {
    DeliveryTest::SetUp();
    door_ = std::make_unique<DoorBus>(*bus_);
    subscription_ = bus_->Consume(kCallsTopic, "watcher", arrivals_.Handler());
  }
  std::unique_ptr<OutboxRelay> StartRelay(std::int64_t batch = 500) { return StartRelay(*producer_, batch); }
  std::unique_ptr<OutboxRelay> StartRelay(Store& store, std::int64_t batch = 500) {
    return std::make_unique<OutboxRelay>(store, *door_, metrics_,
                                         RelayOptions{.batch = batch, .tick = std::chrono::hours{1}});
  }
  std::vector<std::uint64_t> Sequences() {
    std::vector<std::uint64_t> sequences;
    for (const Delivery& delivery : arrivals_.all()) sequences.push_back(delivery.event.sequence);
    return sequences;
  }

  std::unique_ptr<DoorBus> door_;
  Arrivals arrivals_;
  std::unique_ptr<Subscription> subscription_;
};

TEST_F(OutboxRelayTest, SendsACommitAtOnceAndEmptiesTheOutbox) {
  const auto relay = StartRelay();
  Publish("k", "1");
  ASSERT_TRUE(arrivals_.WaitFor(1));  // The tick is an hour: the commit itself woke it.
  EXPECT_TRUE(Eventually([&] { return OutboxSize() == 0; }));
  const Event event = arrivals_.all().front().event;
  EXPECT_EQ(event.source, "hotline/producer");
  EXPECT_EQ(sealer_->Unseal(event.payload, SealContext(event)).value(), "1");
}

TEST_F(OutboxRelayTest, ResendsWhatACrashLeftBehind) {
  Publish("k", "1");
  Publish("k", "2");
  producer_.reset();
  producer_ = OpenStore("producer");
  const auto relay = StartRelay();
  ASSERT_TRUE(arrivals_.WaitFor(2));
  EXPECT_THAT(Sequences(), ElementsAre(1, 2));
}

TEST_F(OutboxRelayTest, KeepsOrderWhileTheBusComesAndGoes) {
  door_->shut = true;
  const auto relay = StartRelay(3);
  for (int i = 1; i <= 20; ++i) Publish("k", std::to_string(i));
  ASSERT_TRUE(Eventually([&] { return metrics_.Count("hotline_relay_failures_total") >= 2; }));
  EXPECT_TRUE(arrivals_.all().empty());
  EXPECT_EQ(OutboxSize(), 20);
  door_->shut = false;
  ASSERT_TRUE(arrivals_.WaitFor(20));
  const auto sequences = Sequences();
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(sequences[i], i + 1);
}

TEST_F(OutboxRelayTest, SendsAgainWhatWasNotAcknowledged) {
  door_->answers_to_lose = 1;
  const auto relay = StartRelay();
  Publish("k", "1");
  ASSERT_TRUE(arrivals_.WaitFor(2));
  EXPECT_THAT(Sequences(), ElementsAre(1, 1));  // At least once; the inbox knows it again.
  EXPECT_TRUE(Eventually([&] { return OutboxSize() == 0; }));
}

TEST_F(OutboxRelayTest, WhatComesDoesNotWaitForWhatWasSentToLeave) {
  SlowStore store{*producer_};
  store.Hold();
  const auto relay = StartRelay(store);
  Publish("k", "1");
  ASSERT_TRUE(Eventually([&] { return store.holds_some(); }));
  for (int i = 2; i <= 5; ++i) {
    Publish("k", std::to_string(i));
    ASSERT_TRUE(arrivals_.WaitFor(static_cast<std::size_t>(i)));
  }
  EXPECT_EQ(OutboxSize(), 5);
  store.LetGo();
  EXPECT_TRUE(Eventually([&] { return OutboxSize() == 0; }));
  EXPECT_THAT(Sequences(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(store.commits, 2);  // The four left together.
}

TEST_F(OutboxRelayTest, WhatLeavesWhileTheNextAreReadIsNotSentAgain) {
  SlowStore store{*producer_};
  store.Hold();
  Publish("k", "1");
  const auto relay = StartRelay(store);
  ASSERT_TRUE(Eventually([&] { return store.holds_some(); }));
  std::atomic<bool> left = false;
  store.Meanwhile([&] {
    store.LetGo();
    left = Eventually([&] { return store.let_go == 1; });
  });
  Publish("k", "2");
  ASSERT_TRUE(arrivals_.WaitFor(2));
  EXPECT_TRUE(Eventually([&] { return OutboxSize() == 0; }));
  EXPECT_TRUE(left);
  EXPECT_THAT(Sequences(), ElementsAre(1, 2));
}

TEST_F(OutboxRelayTest, WhatCannotLeaveIsTriedAgainAndNotSentAgain) {
  SlowStore store{*producer_};
  store.commits_to_fail = 3;
  const auto relay = StartRelay(store);
  Publish("k", "1");
  EXPECT_TRUE(Eventually([&] { return OutboxSize() == 0; }));
  EXPECT_EQ(metrics_.Count("hotline_relay_failures_total"), 3);
  EXPECT_THAT(Sequences(), ElementsAre(1));
}

TEST_F(OutboxRelayTest, StoppingWaitsUntilAllThatWasSentHasLeft) {
  SlowStore store{*producer_};
  const auto relay = StartRelay(store);
  Publish("k", "1");
  ASSERT_TRUE(arrivals_.WaitFor(1));
  relay->Stop(Soon());
  EXPECT_EQ(OutboxSize(), 0);
}

TEST_F(OutboxRelayTest, StoppingSendsWhatWasCommitted) {
  door_->shut = true;
  const auto relay = StartRelay(7);
  for (int i = 0; i < 50; ++i) Publish("k", "x");
  door_->shut = false;
  relay->Stop(Soon());
  EXPECT_EQ(OutboxSize(), 0);
}

TEST_F(OutboxRelayTest, StoppingWithoutABusLeavesTheRestForTheNextStart) {
  door_->shut = true;
  Publish("k", "1");
  {
    const auto relay = StartRelay();
    relay->Stop(Soon());
  }
  EXPECT_EQ(OutboxSize(), 1);
}

}  // namespace
}  // namespace hotline::platform
