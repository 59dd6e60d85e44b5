// A consumer with much to catch up with, on either database: few statements for many events, and the same outcome.
#include <algorithm>
#include <atomic>
#include <map>

#include <gmock/gmock.h>

#include "contract/platform_testing.h"
#include "contract/store_kinds.h"
#include "platform/bus/consumer.h"
#include "platform/bus/dead_letters.h"
#include "platform/bus/embedded_bus.h"
#include "platform/bus/inbox.h"
#include "platform/bus/together.h"
#include "platform/bus/topics.h"
#include "platform/store/outbox.h"

namespace hotline::platform {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MakeEvent;
using testing::Soon;

constexpr Migration kEffects[] = {
    {1, "effects",
     "CREATE TABLE effects (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_key TEXT NOT NULL, "
     "payload TEXT NOT NULL);",
     "DROP TABLE effects;"}};

class CatchUpTest : public ::testing::TestWithParam<testing::StoreKind> {
 protected:
  void SetUp() override {
    sealer_ = Sealer::Open(folder_ / "keyring.json").value();
    store_ = GetParam().open(folder_, {.source = "hotline/test", .sealer = *sealer_, .clock = clock_, .writers = 4});
    ASSERT_TRUE(store_->Migrate(kEffects).ok());
  }

  Event Sealed(int number, const std::string& key, std::uint64_t sequence) {
    Event event = MakeEvent("id" + std::to_string(number), key, sequence);
    event.payload = sealer_->Seal(std::to_string(number), SealContext(event));
    return event;
  }

  /// `count` events of each key, taking turns.
  std::vector<Event> OfKeys(int keys, int count) {
    std::vector<Event> events;
    for (int i = 0; i < keys * count; ++i) {
      events.push_back(Sealed(i, "k" + std::to_string(i % keys), static_cast<std::uint64_t>(i / keys + 1)));
    }
    return events;
  }

  std::size_t InTurn(const std::vector<Event>& events) {
    std::size_t in_turn = 0;
    EXPECT_TRUE(store_
                    ->InTransaction([&](Transaction& transaction) {
                      in_turn = inbox_.InTurn(transaction, Pointers(events));
                      return absl::OkStatus();
                    })
                    .ok());
    return in_turn;
  }
  absl::Status MarkAll(const std::vector<Event>& events) {
    return store_->InTransaction([&](Transaction& transaction) {
      return inbox_.MarkAll(transaction, Pointers(events)) ? absl::OkStatus()
                                                           : absl::AlreadyExistsError("marked before");
    });
  }
  static std::vector<const Event*> Pointers(const std::vector<Event>& events) {
    std::vector<const Event*> pointers;
    for (const Event& event : events) pointers.push_back(&event);
    return pointers;
  }

  std::map<std::string, std::vector<std::string>> Effects() {
    std::map<std::string, std::vector<std::string>> effects;
    EXPECT_TRUE(store_
                    ->Read([&](Session& session) {
                      for (const Row& row : session.Query("SELECT event_key, payload FROM effects ORDER BY id")) {
                        effects[row.Text(0)].push_back(row.Text(1));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    return effects;
  }

  testing::TemporaryFolder folder_;
  testing::FakeClock clock_;
  std::unique_ptr<Sealer> sealer_;
  std::unique_ptr<Store> store_;
  const Inbox inbox_{std::string{kCallsTopic}, "group"};
};

TEST_P(CatchUpTest, ManyAreInTurnWhoseKeysGoOnWithoutAGap) {
  const std::vector<Event> events = OfKeys(30, 5);
  EXPECT_EQ(InTurn(events), 150u);
  ASSERT_TRUE(MarkAll({events.begin(), events.begin() + 100}).ok());
  EXPECT_EQ(InTurn({events.begin() + 100, events.end()}), 50u);
  EXPECT_EQ(InTurn({events.begin() + 99, events.end()}), 0u) << "the first has been applied";
  std::vector<Event> gap{events.begin() + 100, events.end()};
  gap.erase(gap.begin() + 7);
  EXPECT_EQ(InTurn(gap), 36u) << "until the next event of the key whose event is missing";
}

TEST_P(CatchUpTest, NothingOfAKeyIsInTurnWhileOneIsParked) {
  const std::vector<Event> events = OfKeys(3, 2);
  ASSERT_TRUE(store_
                  ->InTransaction([&](Transaction& transaction) {
                    inbox_.Park(transaction, Sealed(100, "k2", 1), "dead", "why", clock_.Now());
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(InTurn(events), 2u);
}

TEST_P(CatchUpTest, AnEventWithoutASequenceIsNotInTurn) { EXPECT_EQ(InTurn({Sealed(1, "k", 0)}), 0u); }

TEST_P(CatchUpTest, NoneIsMarkedWhereOneWasBefore) {
  const std::vector<Event> events = OfKeys(4, 20);
  ASSERT_TRUE(MarkAll({events[0]}).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(MarkAll(events)));
  EXPECT_EQ(InTurn({events.begin() + 1, events.end()}), 79u);
}

TEST_P(CatchUpTest, AnEventIsMarkedOnce) {
  const auto mark = [&](const Event& event) {
    bool marked = false;
    EXPECT_TRUE(store_
                    ->InTransaction([&](Transaction& transaction) {
                      marked = inbox_.Mark(transaction, event, clock_.Now());
                      return absl::OkStatus();
                    })
                    .ok());
    return marked;
  };
  EXPECT_TRUE(mark(Sealed(1, "k", 1)));
  EXPECT_FALSE(mark(Sealed(1, "k", 1)));
  EXPECT_TRUE(mark(Sealed(2, "k", 2)));
  EXPECT_FALSE(mark(Sealed(1, "k", 1))) << "nor does it take the key back";
  EXPECT_TRUE(mark(Sealed(3, "k", 3)));
  EXPECT_TRUE(mark(Sealed(4, "k", 0))) << "by its id, where it has no number";
  EXPECT_FALSE(mark(Sealed(4, "k", 0)));
}

/// Two members apply the same events at the same time, as one that was thought dead does with the one in its place.
void ApplyByTwo(Store& store, const Applier& applier, const std::vector<const Event*>& events, bool together) {
  const auto member = [&] {
    for (const Event* event : together ? ApplyTogether(store, applier, events, Soon()) : events) {
      const auto apply = [&](Transaction& transaction) { return applier.InOrder(transaction, *event); };
      while (!store.InTransaction(apply).ok()) {  // As a batch is tried again, where the two met.
      }
    }
  };
  std::thread other{member};
  member();
  other.join();
}

TEST_P(CatchUpTest, OfTwoMembersWithTheSameEventsEachIsAppliedByOne) {
  testing::CountingMetrics metrics;
  const Applier applier{
      inbox_, *sealer_,
      [](Transaction& transaction, const Event& event) -> absl::Status {
        transaction.Write("INSERT INTO effects (event_key, payload) VALUES (:1, :2)", {event.key, event.payload});
        return absl::OkStatus();
      },
      clock_, metrics};
  const std::vector<Event> events = OfKeys(20, 30);
  ApplyByTwo(*store_, applier, Pointers({events.begin(), events.begin() + 300}), /*together=*/true);
  ApplyByTwo(*store_, applier, Pointers({events.begin() + 300, events.end()}), /*together=*/false);
  std::map<std::string, std::vector<std::string>> once;
  for (int i = 0; i < 600; ++i) once["k" + std::to_string(i % 20)].push_back(std::to_string(i));
  EXPECT_EQ(Effects(), once);
}

TEST_P(CatchUpTest, WhatIsSimplyNextIsAppliedTogetherAndTheRestOfItsLaneIsLeft) {
  const std::vector<Event> events = OfKeys(8, 30);
  testing::CountingMetrics metrics;
  const Applier applier{
      inbox_, *sealer_,
      [](Transaction& transaction, const Event& event) -> absl::Status {
        transaction.Write("INSERT INTO effects (event_key, payload) VALUES (:1, :2)", {event.key, event.payload});
        if (event.payload == "203") return absl::InvalidArgumentError("cannot be");
        return absl::OkStatus();
      },
      clock_, metrics};
  const std::vector<Event> good{events.begin(), events.begin() + 200};
  EXPECT_THAT(ApplyTogether(*store_, applier, Pointers(good), Soon()), IsEmpty());
  std::size_t applied = 0;
  for (const auto& [key, payloads] : Effects()) applied += payloads.size();
  EXPECT_EQ(applied, 200u);
  EXPECT_THAT(ApplyTogether(*store_, applier, Pointers(good), Soon()), ::testing::SizeIs(200)) << "all are repeats";
  const std::vector<Event> bad{events.begin() + 200, events.end()};
  const auto left = ApplyTogether(*store_, applier, Pointers(bad), Soon());
  EXPECT_THAT(left, ::testing::Contains(::testing::Pointee(::testing::Field(&Event::id, "id203"))));
  EXPECT_LT(left.size(), bad.size()) << "other lanes go on";
}

/// A repeat, one that cannot be applied and a gap among many: each event's fate is what it would be alone.
TEST_P(CatchUpTest, AmongManyEachEventFaresAsItWouldAlone) {
  constexpr int kKeys = 25;
  std::vector<Event> events = OfKeys(kKeys, 12);
  events.insert(events.begin() + 130, events[3]);
  events.insert(events.begin() + 200, events[77]);
  std::vector<Event> late;
  const auto missing =
      std::find_if(events.begin(), events.end(), [](const Event& event) { return event.id == "id155"; });
  late.push_back(*missing);  // The seventh of k5.
  events.erase(missing);
  const auto bus = OpenEmbeddedBus(folder_ / "bus.db", {.clock = clock_});
  ASSERT_TRUE(bus->Append(kCallsTopic, events, Soon()).ok());
  ASSERT_TRUE(bus->Append(kCallsTopic, late, Soon()).ok());
  testing::CountingMetrics metrics;
  const auto subscription = ConsumeInto(
      *store_, *bus, *sealer_, metrics, kCallsTopic, "group",
      [](Transaction& transaction, const Event& event) -> absl::Status {
        transaction.Write("INSERT INTO effects (event_key, payload) VALUES (:1, :2)", {event.key, event.payload});
        if (event.payload == "111") return absl::InvalidArgumentError("cannot be");
        return absl::OkStatus();
      },
      {.tick = std::chrono::milliseconds{20}});
  std::map<std::string, std::vector<std::string>> expected;
  for (int i = 0; i < kKeys * 12; ++i) {
    const int key = i % kKeys;
    if (key != 11 || i < 111) expected["k" + std::to_string(key)].push_back(std::to_string(i));
  }
  EXPECT_TRUE(testing::Eventually([&] { return Effects() == expected; }));
  EXPECT_EQ(Effects(), expected);
  subscription->Stop();
}

TEST_P(CatchUpTest, WhatFailsForAWhileIsAppliedOnce) {
  std::atomic<int> failures = 0;
  const auto bus = OpenEmbeddedBus(folder_ / "bus.db", {.clock = clock_});
  ASSERT_TRUE(bus->Append(kCallsTopic, OfKeys(10, 10), Soon()).ok());
  testing::CountingMetrics metrics;
  const auto subscription = ConsumeInto(
      *store_, *bus, *sealer_, metrics, kCallsTopic, "group",
      [&](Transaction& transaction, const Event& event) -> absl::Status {
        transaction.Write("INSERT INTO effects (event_key, payload) VALUES (:1, :2)", {event.key, event.payload});
        if (event.payload == "57" && ++failures < 4) return absl::UnavailableError("away");
        return absl::OkStatus();
      });
  ASSERT_TRUE(testing::Eventually([&] { return failures >= 4; }));
  std::map<std::string, std::vector<std::string>> expected;
  for (int i = 0; i < 100; ++i) expected["k" + std::to_string(i % 10)].push_back(std::to_string(i));
  EXPECT_TRUE(testing::Eventually([&] { return Effects() == expected; }));
  subscription->Stop();
}

INSTANTIATE_TEST_SUITE_P(Sqlite, CatchUpTest, ::testing::Values(testing::Sqlite()), testing::NameOf);

INSTANTIATE_TEST_SUITE_P(Postgres, CatchUpTest, ::testing::Values(testing::Postgres()), testing::NameOf);

}  // namespace
}  // namespace hotline::platform
