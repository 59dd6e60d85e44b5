#include "platform/bus/consumer.h"

#include <gmock/gmock.h>

#include "platform/bus/dead_letters.h"
#include "unit/platform/delivery_fixture.h"

namespace hotline::platform {
namespace {

using ::testing::ElementsAre;
using testing::Eventually;

class ConsumerTest : public testing::DeliveryTest {
 protected:
  void Start(EventEffect effect = WriteEffect, std::chrono::milliseconds tick = std::chrono::milliseconds{10}) {
    subscription_ = ConsumeInto(*consumer_, *bus_, *sealer_, metrics_, kCallsTopic, "group", std::move(effect),
                                {.clock = &clock_, .tick = tick});
  }
  void TearDown() override { subscription_.reset(); }
  bool BecomesHandled() {
    return Eventually([&] { return bus_->Lag(kCallsTopic, "group").value() == 0; });
  }
  std::vector<DeadLetter> DeadLetters() { return ListDeadLetters(*consumer_, 100).value(); }

  std::unique_ptr<Subscription> subscription_;
};

TEST_F(ConsumerTest, BringsAPublishedEventToItsEffect) {
  OutboxRelay relay{*producer_, *bus_, metrics_};
  Start();
  for (int i = 1; i <= 300; ++i) Publish("k" + std::to_string(i % 3), std::to_string(i));
  ASSERT_TRUE(Eventually([&] { return Effects("k0").size() + Effects("k1").size() + Effects("k2").size() == 300; }));
  const auto effects = Effects("k1");
  for (std::size_t i = 0; i < effects.size(); ++i) EXPECT_EQ(effects[i], std::to_string(3 * i + 1));
}

TEST_F(ConsumerTest, AppliesARepeatedEventOnce) {
  const Event first = Sealed("1", "k", 1, "one");
  const Event second = Sealed("2", "k", 2, "two");
  const Event loose = Sealed("3", "loose", 0, "no sequence");
  Append({first, loose, first, second, first, loose});
  Append({second, first, Sealed("4", "k", 3, "three")});
  Start();
  ASSERT_TRUE(BecomesHandled());
  EXPECT_THAT(Effects("k"), ElementsAre("one", "two", "three"));
  EXPECT_THAT(Effects("loose"), ElementsAre("no sequence"));
}

TEST_F(ConsumerTest, TriesAgainWhatMaySucceedLaterAndKeepsTheOrder) {
  std::atomic<int> failures{3};
  Append({Sealed("1", "k", 1, "one"), Sealed("2", "k", 2, "two"), Sealed("3", "k", 3, "three")});
  Start(
      [&](Transaction& transaction, const Event& event) {
        const absl::Status written = WriteEffect(transaction, event);
        if (event.sequence == 2 && failures.fetch_sub(1) > 0) return absl::UnavailableError("not now");
        return written;
      },
      std::chrono::hours{1});  // No upkeep: nothing may have been parked on the way.
  ASSERT_TRUE(BecomesHandled());
  EXPECT_THAT(Effects("k"), ElementsAre("one", "two", "three"));
  EXPECT_TRUE(DeadLetters().empty());
}

TEST_F(ConsumerTest, ParksAPoisonEventWithThoseBehindItAndLetsOtherKeysPass) {
  std::atomic<bool> mended{false};
  Append({Sealed("1", "k", 1, "one"), Sealed("2", "k", 2, "bad"), Sealed("3", "k", 3, "three"),
          Sealed("4", "other", 1, "other")});
  Append({Sealed("5", "k", 4, "four")});
  Start([&](Transaction& transaction, const Event& event) {
    const absl::Status written = WriteEffect(transaction, event);
    if (event.payload == "bad" && !mended) return absl::InvalidArgumentError("cannot be");
    return written;
  });
  ASSERT_TRUE(BecomesHandled());
  EXPECT_THAT(Effects("k"), ElementsAre("one"));
  EXPECT_THAT(Effects("other"), ElementsAre("other"));
  const auto letters = DeadLetters();
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].event_id, "2");
  EXPECT_EQ(letters[0].group, "group");
  EXPECT_EQ(letters[0].reason, "INVALID_ARGUMENT: cannot be");
  EXPECT_EQ(letters[0].queued_behind, 2);
  EXPECT_EQ(metrics_.Count("hotline_consumer_dead_letters_total"), 1);

  // Redriven too early it is dead again; mended, it goes first and the others follow.
  ASSERT_TRUE(Redrive(*consumer_, letters[0].id, "supervisor-1").ok());
  ASSERT_TRUE(Eventually([&] { return metrics_.Count("hotline_consumer_dead_letters_total") == 2; }));
  ASSERT_TRUE(Eventually([&] { return DeadLetters().size() == 1; }));
  mended = true;
  ASSERT_TRUE(Redrive(*consumer_, letters[0].id, "supervisor-1").ok());
  ASSERT_TRUE(Eventually([&] { return Effects("k").size() == 4; }));
  EXPECT_THAT(Effects("k"), ElementsAre("one", "bad", "three", "four"));
  EXPECT_TRUE(DeadLetters().empty());
  Append({Sealed("6", "k", 5, "five")});
  ASSERT_TRUE(BecomesHandled());
  EXPECT_EQ(Effects("k").size(), 5u);
}

TEST_F(ConsumerTest, OneThatFailsAmongManyTakesNoneOfThemAlong) {
  std::vector<Event> events;
  for (int i = 0; i < 60; ++i) {
    const std::string number = std::to_string(i);
    events.push_back(Sealed(number, "k" + std::to_string(i % 6), static_cast<std::uint64_t>(i / 6 + 1), number));
  }
  Append(events);
  Start([&](Transaction& transaction, const Event& event) {
    const absl::Status written = WriteEffect(transaction, event);
    return event.payload == "33" ? absl::InvalidArgumentError("cannot be") : written;
  });
  ASSERT_TRUE(BecomesHandled());
  for (int key = 0; key < 6; ++key) {
    std::vector<std::string> expected;
    for (int i = key; i < (key == 3 ? 33 : 60); i += 6) expected.push_back(std::to_string(i));
    EXPECT_EQ(Effects("k" + std::to_string(key)), expected);
  }
  const auto letters = DeadLetters();
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].event_id, "33");
  EXPECT_EQ(letters[0].queued_behind, 4);
}

TEST_F(ConsumerTest, ASkippedEventIsLeftAndTheOthersGoOn) {
  Append({Sealed("1", "k", 1, "bad"), Sealed("2", "k", 2, "two")});
  Start([&](Transaction& transaction, const Event& event) {
    return event.payload == "bad" ? absl::InternalError("bug") : WriteEffect(transaction, event);
  });
  ASSERT_TRUE(BecomesHandled());
  const auto letters = DeadLetters();
  ASSERT_EQ(letters.size(), 1u);
  ASSERT_TRUE(Skip(*consumer_, letters[0].id, "supervisor-1", clock_.Now()).ok());
  ASSERT_TRUE(Eventually([&] { return Effects("k").size() == 1; }));
  EXPECT_THAT(Effects("k"), ElementsAre("two"));
  EXPECT_TRUE(absl::IsNotFound(Skip(*consumer_, letters[0].id, "supervisor-1", clock_.Now())));
  EXPECT_TRUE(absl::IsNotFound(Redrive(*consumer_, letters[0].id, "supervisor-1")));
  Append({Sealed("1", "k", 1, "bad"), Sealed("3", "k", 3, "three")});
  ASSERT_TRUE(BecomesHandled());
  EXPECT_THAT(Effects("k"), ElementsAre("two", "three"));
}

TEST_F(ConsumerTest, WaitsForAMissingEvent) {
  Append({Sealed("1", "k", 1, "one"), Sealed("3", "k", 3, "three"), Sealed("4", "k", 4, "four")});
  Start();
  ASSERT_TRUE(BecomesHandled());
  EXPECT_THAT(Effects("k"), ElementsAre("one"));
  EXPECT_TRUE(DeadLetters().empty());
  Append({Sealed("2", "k", 2, "two")});
  ASSERT_TRUE(Eventually([&] { return Effects("k").size() == 4; }));
  EXPECT_THAT(Effects("k"), ElementsAre("one", "two", "three", "four"));
}

TEST_F(ConsumerTest, AGapThatStaysBecomesADeadLetterAndStillClosesWhenItComes) {
  Append({Sealed("1", "k", 1, "one"), Sealed("3", "k", 3, "three"), Sealed("5", "k", 5, "five")});
  Start();
  ASSERT_TRUE(BecomesHandled());
  clock_.Move(std::chrono::minutes{2});
  ASSERT_TRUE(Eventually([&] { return DeadLetters().size() == 1; }));
  EXPECT_EQ(DeadLetters()[0].reason, "GAP");
  Append({Sealed("2", "k", 2, "two")});
  ASSERT_TRUE(Eventually([&] { return Effects("k").size() == 3; }));
  EXPECT_THAT(Effects("k"), ElementsAre("one", "two", "three"));

  // Behind it there is another gap, which a person closes.
  ASSERT_TRUE(Eventually([&] {
    clock_.Move(std::chrono::minutes{2});
    return DeadLetters().size() == 1;
  }));
  ASSERT_TRUE(Redrive(*consumer_, DeadLetters()[0].id, "supervisor-1").ok());
  ASSERT_TRUE(Eventually([&] { return Effects("k").size() == 4; }));
  EXPECT_EQ(Effects("k").back(), "five");
}

TEST_F(ConsumerTest, APayloadThatDoesNotOpenIsADeadLetter) {
  Event event = Sealed("1", "k", 1, "one");
  event.payload = Sealed("2", "k", 2, "two").payload;
  Append({event});
  Start();
  ASSERT_TRUE(BecomesHandled());
  ASSERT_EQ(DeadLetters().size(), 1u);
  EXPECT_EQ(DeadLetters()[0].reason.substr(0, 9), "DATA_LOSS");
}

TEST_F(ConsumerTest, GoesOnAfterARestart) {
  Append({Sealed("1", "k", 1, "one"), Sealed("3", "k", 3, "three")});
  Start();
  ASSERT_TRUE(BecomesHandled());
  subscription_.reset();
  consumer_.reset();
  bus_.reset();
  bus_ = OpenEmbeddedBus(folder_ / "bus.db", {.clock = clock_});
  consumer_ = OpenStore("consumer");
  Append({Sealed("2", "k", 2, "two")});
  Start();
  ASSERT_TRUE(Eventually([&] { return Effects("k").size() == 3; }));
}

TEST_F(ConsumerTest, EffectAndOutgoingEventsCommitTogether) {
  std::atomic<int> failures{1};
  Append({Sealed("1", "k", 1, "one")});
  testing::Arrivals arrivals;
  const auto watcher = bus_->Consume(kCasesTopic, "watcher", arrivals.Handler());
  OutboxRelay relay{*consumer_, *bus_, metrics_};
  Start([&](Transaction& transaction, const Event& event) {
    transaction.Publish(kCasesTopic, {.type = "t", .key = event.key, .payload = "filed"});
    return failures.fetch_sub(1) > 0 ? absl::AbortedError("lost a race") : WriteEffect(transaction, event);
  });
  ASSERT_TRUE(BecomesHandled());
  ASSERT_TRUE(arrivals.WaitFor(1));
  relay.Stop(testing::Soon());
  EXPECT_EQ(arrivals.all().size(), 1u);
  EXPECT_EQ(arrivals.all()[0].event.sequence, 1u);
}

}  // namespace
}  // namespace hotline::platform
