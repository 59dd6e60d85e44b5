// What every bus promises; the list of implementations is at the end.
#include <set>

#include <gmock/gmock.h>

#include "contract/kafka_testing.h"
#include "contract/platform_testing.h"
#include "platform/bus/embedded_bus.h"
#include "platform/bus/kafka_bus.h"
#include "platform/bus/partitioner.h"
#include "platform/bus/topics.h"

namespace hotline::platform {
namespace {

using testing::Arrivals;
using ::testing::ElementsAre;
using testing::Eventually;
using testing::MakeEvent;
using testing::Soon;

struct BusKind {
  const char* name;
  std::function<std::unique_ptr<Bus>(const testing::TemporaryFolder&, const Clock&)> open;
};

class BusTest : public ::testing::TestWithParam<BusKind> {
 protected:
  void SetUp() override { Open(); }
  void Open() { bus_ = GetParam().open(folder_, clock_); }
  void Reopen() {
    bus_.reset();
    Open();
  }
  void Append(const std::vector<Event>& events) { ASSERT_TRUE(bus_->Append(kCallsTopic, events, Soon()).ok()); }

  testing::TemporaryFolder folder_;
  testing::FakeClock clock_;
  std::unique_ptr<Bus> bus_;
};

TEST_P(BusTest, BringsAnEventAsItWas) {
  Event event = MakeEvent("01A", "bj/01", 7);
  event.payload = std::string{"\x00\xff payload \n", 12};
  Append({event});
  Arrivals arrivals;
  const auto subscription = bus_->Consume(kCallsTopic, "group", arrivals.Handler());
  ASSERT_TRUE(arrivals.WaitFor(1));
  const Delivery got = arrivals.all().front();
  EXPECT_EQ(got.event.id, event.id);
  EXPECT_EQ(got.event.source, event.source);
  EXPECT_EQ(got.event.type, event.type);
  EXPECT_EQ(got.event.key, event.key);
  EXPECT_EQ(got.event.sequence, event.sequence);
  EXPECT_EQ(got.event.time, event.time);
  EXPECT_EQ(got.event.trace_parent, event.trace_parent);
  EXPECT_EQ(got.event.payload, event.payload);
  EXPECT_EQ(got.position.partition, PartitionOf("bj/01", 16));
  EXPECT_EQ(got.position.offset, 0);
}

TEST_P(BusTest, KeepsTheOrderOfAKey) {
  constexpr int kEvents = 2000;
  Arrivals arrivals;
  const auto subscription = bus_->Consume(kCallsTopic, "group", arrivals.Handler());
  std::vector<std::thread> producers;
  for (int producer = 0; producer < 4; ++producer) {
    producers.emplace_back([&, producer] {
      for (int i = 1; i <= kEvents / 4; i += 5) {
        std::vector<Event> events;
        for (int j = i; j < i + 5; ++j) {
          const std::string key = "bj/" + std::to_string(producer);
          events.push_back(MakeEvent(key + "/" + std::to_string(j), key, static_cast<std::uint64_t>(j)));
        }
        EXPECT_TRUE(bus_->Append(kCallsTopic, events, Soon()).ok());
      }
    });
  }
  for (auto& producer : producers) producer.join();
  ASSERT_TRUE(arrivals.WaitFor(kEvents));
  std::map<std::string, std::uint64_t> last;
  for (const Delivery& delivery : arrivals.all()) {
    EXPECT_EQ(delivery.event.sequence, ++last[delivery.event.key]) << delivery.event.key;
  }
}

TEST_P(BusTest, GivesEachEventToOneMemberOfAGroup) {
  Arrivals one;
  Arrivals other;
  const auto first = bus_->Consume(kCallsTopic, "group", one.Handler());
  const auto second = bus_->Consume(kCallsTopic, "group", other.Handler());
  std::size_t events = 0;
  // Until both have their share of the partitions.
  ASSERT_TRUE(Eventually([&] {
    for (int i = 0; i < 20; ++i, ++events) Append({MakeEvent(std::to_string(events), "bj/" + std::to_string(events))});
    return !one.all().empty() && !other.all().empty();
  }));
  ASSERT_TRUE(Eventually([&] { return one.all().size() + other.all().size() >= events; }));
  std::vector<std::string> ids = one.Ids();
  for (const std::string& id : other.Ids()) ids.push_back(id);
  EXPECT_EQ(ids.size(), events);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), events);
}

TEST_P(BusTest, AMemberThatLeavesHandsItsPartitionsOver) {
  Arrivals one;
  Arrivals other;
  auto first = bus_->Consume(kCallsTopic, "group", one.Handler());
  const auto second = bus_->Consume(kCallsTopic, "group", other.Handler());
  first.reset();
  for (int i = 0; i < 50; ++i) Append({MakeEvent(std::to_string(i), "bj/" + std::to_string(i))});
  EXPECT_TRUE(other.WaitFor(50));
}

TEST_P(BusTest, BringsEveryEventToEachGroup) {
  Append({MakeEvent("1", "bj/1"), MakeEvent("2", "bj/1")});
  Arrivals one;
  Arrivals other;
  const auto first = bus_->Consume(kCallsTopic, "one", one.Handler());
  const auto second = bus_->Consume(kCallsTopic, "other", other.Handler());
  EXPECT_TRUE(one.WaitFor(2));
  EXPECT_TRUE(other.WaitFor(2));
}

TEST_P(BusTest, FollowersSeeEverythingFromWhereTheyBegin) {
  Append({MakeEvent("1", "k"), MakeEvent("2", "k"), MakeEvent("3", "k")});
  std::vector<std::int64_t> from(16, -1);
  from[static_cast<std::size_t>(PartitionOf("k", 16))] = 1;
  Arrivals early;
  Arrivals late;
  const auto from_second = bus_->Follow(kCallsTopic, from, early.Handler());
  const auto from_now = bus_->Follow(kCallsTopic, {}, late.Handler());
  Append({MakeEvent("4", "k")});
  ASSERT_TRUE(early.WaitFor(3));
  EXPECT_THAT(early.Ids(), ElementsAre("2", "3", "4"));
  ASSERT_TRUE(late.WaitFor(1));
  EXPECT_THAT(late.Ids(), ElementsAre("4"));
}

TEST_P(BusTest, BringsABatchAgainAfterAnError) {
  std::atomic<int> calls{0};
  Arrivals arrivals;
  const auto handler = arrivals.Handler();
  const auto subscription = bus_->Consume(kCallsTopic, "group", [&](std::span<const Delivery> deliveries) {
    if (++calls <= 2) return calls == 1 ? absl::UnavailableError("not now") : throw std::runtime_error{"not now"};
    return handler(deliveries);
  });
  Append({MakeEvent("1", "k")});
  Append({MakeEvent("2", "k")});
  ASSERT_TRUE(arrivals.WaitFor(2));
  EXPECT_THAT(arrivals.Ids(), ElementsAre("1", "2"));
}

TEST_P(BusTest, AnErrorHoldsNoOtherPartition) {
  Arrivals arrivals;
  const auto handler = arrivals.Handler();
  const auto subscription = bus_->Consume(kCallsTopic, "group", [&](std::span<const Delivery> deliveries) {
    if (deliveries.front().event.key == "bad") return absl::UnavailableError("never");
    return handler(deliveries);
  });
  ASSERT_NE(PartitionOf("bad", 16), PartitionOf("good", 16));
  Append({MakeEvent("1", "bad"), MakeEvent("2", "good")});
  ASSERT_TRUE(arrivals.WaitFor(1));
  EXPECT_THAT(arrivals.Ids(), ElementsAre("2"));
}

TEST_P(BusTest, IsDurableAndRemembersOffsetsWhenOpenedAgain) {
  Append({MakeEvent("1", "k"), MakeEvent("2", "k")});
  {
    Arrivals arrivals;
    const auto subscription = bus_->Consume(kCallsTopic, "group", arrivals.Handler());
    ASSERT_TRUE(arrivals.WaitFor(2));
  }
  Append({MakeEvent("3", "k")});
  Reopen();
  Arrivals same;
  Arrivals fresh;
  const auto first = bus_->Consume(kCallsTopic, "group", same.Handler());
  const auto second = bus_->Consume(kCallsTopic, "another", fresh.Handler());
  ASSERT_TRUE(same.WaitFor(1));
  EXPECT_THAT(same.Ids(), ElementsAre("3"));
  ASSERT_TRUE(fresh.WaitFor(3));
  EXPECT_THAT(fresh.Ids(), ElementsAre("1", "2", "3"));
  EXPECT_EQ(fresh.all().back().position.offset, 2);
}

TEST_P(BusTest, CountsWhatAGroupHasNotHandled) {
  Append({MakeEvent("1", "a"), MakeEvent("2", "b"), MakeEvent("3", "c")});
  EXPECT_EQ(bus_->Lag(kCallsTopic, "group").value(), 3);
  Arrivals arrivals;
  const auto subscription = bus_->Consume(kCallsTopic, "group", arrivals.Handler());
  ASSERT_TRUE(arrivals.WaitFor(3));
  EXPECT_TRUE(Eventually([&] { return bus_->Lag(kCallsTopic, "group").value() == 0; }));
}

TEST_P(BusTest, RefusesATopicThatDoesNotExist) {
  const std::vector<Event> events{MakeEvent("1", "k")};
  EXPECT_TRUE(absl::IsInvalidArgument(bus_->Append("no.such.topic", events, Soon())));
}

TEST_P(BusTest, WakesAConsumerAtOnce) {
  Arrivals arrivals;
  const auto subscription = bus_->Consume(kCallsTopic, "group", arrivals.Handler());
  Append({MakeEvent("0", "k")});
  ASSERT_TRUE(arrivals.WaitFor(1));  // It has begun: joining a group takes its time.
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 2; i <= 21; ++i) {
    Append({MakeEvent(std::to_string(i), "k")});
    ASSERT_TRUE(arrivals.WaitFor(i));
  }
  // A poll of 100 ms would need 2 s.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds{1500});
}

INSTANTIATE_TEST_SUITE_P(Embedded, BusTest,
                         ::testing::Values(BusKind{"embedded",
                                                   [](const testing::TemporaryFolder& folder, const Clock& clock) {
                                                     return OpenEmbeddedBus(folder / "bus.db", {.clock = clock});
                                                   }}),
                         [](const auto& kind) { return kind.param.name; });

INSTANTIATE_TEST_SUITE_P(Kafka, BusTest,
                         ::testing::Values(BusKind{"kafka",
                                                   [](const testing::TemporaryFolder& folder, const Clock&) {
                                                     return OpenKafkaBus({.servers = testing::SharedBroker().address(),
                                                                          .topic_prefix = testing::PrefixOf(folder)});
                                                   }}),
                         [](const auto& kind) { return kind.param.name; });

// Questions that ran into their limit while the broker was away must not be what meets it when it is back.
TEST(KafkaOutageTest, AProcessThatAsksForItsLagOutlivesIt) {
  const testing::TemporaryFolder folder;
  tests::KafkaBroker broker{folder / "broker"};
  broker.Start();
  const auto bus = OpenKafkaBus({.servers = broker.address()});
  const auto lag_is_known = [&] { return bus->Lag(kCallsTopic, "group").ok(); };
  ASSERT_TRUE(Eventually(lag_is_known));
  broker.Kill();
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(absl::IsUnavailable(bus->Lag(kCallsTopic, "group").status()));
  broker.Start();
  EXPECT_TRUE(Eventually(lag_is_known));
}

// The answers of Kafka's own UtilsTest.
TEST(PartitionerTest, HashesAsKafkaDoes) {
  const auto hash = [](std::string_view text) { return static_cast<std::int32_t>(Murmur2(text)); };
  EXPECT_EQ(hash("21"), -973932308);
  EXPECT_EQ(hash("foobar"), -790332482);
  EXPECT_EQ(hash("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(hash("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(hash("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(hash("abc"), 479470107);
}

}  // namespace
}  // namespace hotline::platform
