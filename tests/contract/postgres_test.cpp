// What PostgreSQL adds: several writers, several processes, and a server that goes away.
#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <set>
#include <utility>

#include <gmock/gmock.h>

#include "contract/platform_testing.h"
#include "contract/postgres_testing.h"
#include "platform/bus/embedded_bus.h"
#include "platform/bus/inbox.h"
#include "platform/bus/outbox_leases.h"
#include "platform/bus/outbox_relay.h"
#include "platform/bus/topics.h"
#include "platform/concurrency/deadline.h"
#include "platform/store/outbox.h"
#include "platform/store/postgres_engine.h"
#include "platform/store/postgres_store.h"
#include "platform/store/request_memory.h"
#include "platform/store/sql_connection.h"

namespace hotline::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::Eventually;
using testing::Soon;

constexpr Migration kMigrations[] = {
    {1, "counters", "CREATE TABLE counters (id TEXT PRIMARY KEY, number BIGINT NOT NULL);", "DROP TABLE counters;"},
    {2, "notes", "CREATE TABLE notes (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note TEXT NOT NULL);",
     "DROP TABLE notes;"},
};

class PostgresStoreTest : public ::testing::Test {
 protected:
  PostgresStoreTest() : sealer_{Sealer::Open(folder_ / "keyring.json").value()} {}

  virtual tests::PostgresServer& server() { return tests::SharedPostgres(); }

  std::unique_ptr<Store> Open(std::size_t writers = 4) {
    auto store = OpenPostgresStore(server().where(), testing::SchemaOf(folder_),
                                   {.source = "hotline/test", .sealer = *sealer_, .clock = clock_, .writers = writers});
    EXPECT_TRUE(store->Migrate(kMigrations).ok());
    return store;
  }

  static absl::Status Put(Store& store, const std::string& id, std::int64_t number) {
    return store.InTransaction([&](Transaction& transaction) {
      transaction.Execute(
          "INSERT INTO counters (id, number) VALUES (:1, :2) ON CONFLICT (id) DO UPDATE SET number = excluded.number",
          {id, number});
      return absl::OkStatus();
    });
  }
  static std::int64_t Get(Store& store, const std::string& id) {
    std::int64_t number = -1;
    EXPECT_TRUE(store
                    .Read([&](Session& session) {
                      const auto rows = session.Query("SELECT number FROM counters WHERE id = :1", {id});
                      if (!rows.empty()) number = rows.front().Int(0);
                      return absl::OkStatus();
                    })
                    .ok());
    return number;
  }

  testing::TemporaryFolder folder_;
  testing::FakeClock clock_;
  std::unique_ptr<Sealer> sealer_;
};

TEST_F(PostgresStoreTest, WritersOfTheSameRowsLoseNoUpdateHoweverTheyCross) {
  const auto first = Open();
  const auto second = Open();
  constexpr int kThreads = 6;
  constexpr int kEach = 20;
  ASSERT_TRUE(Put(*first, "a", 0).ok());
  ASSERT_TRUE(Put(*first, "b", 0).ok());
  const auto add = [](Transaction& transaction, const std::string& id) {
    transaction.Execute("UPDATE counters SET number = number + 1 WHERE id = :1", {id});
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      Store& store = i % 2 == 0 ? *first : *second;
      for (int j = 0; j < kEach; ++j) {
        // Both orders of the two locks: some of them stand in each other's way, and are done again.
        const absl::Status done = store.InTransaction([&](Transaction& transaction) {
          add(transaction, (i + j) % 3 == 0 ? "a" : "b");
          add(transaction, (i + j) % 3 == 0 ? "b" : "a");
          return absl::OkStatus();
        });
        EXPECT_TRUE(done.ok()) << done;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Get(*first, "a"), kThreads * kEach);
  EXPECT_EQ(Get(*second, "b"), kThreads * kEach);
}

TEST_F(PostgresStoreTest, AWriterThatWokeInVainIsWokenAgain) {
  const auto store = Open(2);
  // So few and so short that one writer often takes what the other was woken for.
  for (int round = 0; round < 200; ++round) {
    const int pieces = 2 + round % 5;
    std::latch done{pieces};
    for (int i = 0; i < pieces; ++i) {
      store->Submit([](Transaction& /*tx*/) { return absl::OkStatus(); }, steady_clock::time_point::max(),
                    [&](const absl::Status& /*status*/) { done.count_down(); });
    }
    done.wait();
  }

  // Each waits for the other to run, which takes two writers.
  std::array<std::atomic<bool>, 2> here{};
  std::array<std::future<absl::Status>, 2> met;
  for (std::size_t i = 0; i < met.size(); ++i) {
    const auto answer = std::make_shared<std::promise<absl::Status>>();
    met.at(i) = answer->get_future();
    store->Submit(
        [&here, i](Transaction& /*tx*/) {
          here.at(i) = true;
          return Eventually([&] { return here.at(1 - i).load(); }) ? absl::OkStatus() : absl::UnknownError("alone");
        },
        steady_clock::time_point::max(), [answer](absl::Status status) { answer->set_value(std::move(status)); });
  }
  for (auto& one : met) EXPECT_TRUE(one.get().ok());
}

TEST_F(PostgresStoreTest, WorkOfOneKeyRunsInTheOrderGiven) {
  const auto store = Open(4);
  constexpr int kKeys = 7;
  constexpr int kWork = 700;
  std::mutex mutex;
  std::map<int, std::vector<int>> ran;
  std::atomic<int> done{0};
  for (int i = 0; i < kWork; ++i) {
    store->SubmitInOrder(
        "key " + std::to_string(i % kKeys),
        [&, i](Transaction& transaction) {
          transaction.Execute("INSERT INTO notes (note) VALUES (:1)", {std::to_string(i)});
          const std::lock_guard lock{mutex};
          ran[i % kKeys].push_back(i);
          return absl::OkStatus();
        },
        Soon(), [&](const absl::Status& status) { done += status.ok() ? 1 : 1000; });
  }
  ASSERT_TRUE(Eventually([&] { return done >= kWork; }));
  EXPECT_EQ(done, kWork);
  for (const auto& [key, order] : ran) EXPECT_TRUE(std::is_sorted(order.begin(), order.end())) << key;
}

TEST_F(PostgresStoreTest, TwinRequestsOfTwoProcessesHaveOneEffect) {
  const std::array stores{Open(), Open()};
  const RequestKey key{"agent-1", "/Svc/Method", "r1", "sha"};
  std::atomic<int> answers{0};
  std::vector<std::thread> twins;
  for (int i = 0; i < 12; ++i) {
    twins.emplace_back([&, i] {
      std::string answer;
      EXPECT_TRUE(stores[static_cast<std::size_t>(i % 2)]
                      ->InTransaction([&](Transaction& transaction) -> absl::Status {
                        auto said = AnswerOnce(transaction, key, clock_.Now(), [&]() -> absl::StatusOr<std::string> {
                          transaction.Write("INSERT INTO counters (id, number) VALUES (:1, 1)", {std::to_string(i)});
                          return std::string{"answer"};
                        });
                        if (said.ok()) answer = *std::move(said);
                        return said.status();
                      })
                      .ok());
      answers += answer == "answer" ? 1 : 0;
    });
  }
  for (auto& twin : twins) twin.join();
  EXPECT_EQ(answers, 12);
  ASSERT_TRUE(stores[0]
                  ->Read([](Session& session) {
                    EXPECT_EQ(session.Query("SELECT count(*) FROM counters").front().Int(0), 1);
                    return absl::OkStatus();
                  })
                  .ok());
}

// The twin's key is not taken yet when this one looks, and its effect is there when this one works: what refuses the
// work
// ("filed already") is this very request.
TEST_F(PostgresStoreTest, WhatATwinDidMeanwhileDoesNotRefuseARequest) {
  const std::array stores{Open(1), Open(1)};
  const RequestKey key{"agent-1", "/Svc/Method", "r1", "sha"};
  bool met = false;
  std::string answer;
  const std::function<absl::Status(Transaction&, bool)> file = [&](Transaction& transaction, bool twin) {
    const auto said = AnswerOnce(transaction, key, clock_.Now(), [&]() -> absl::StatusOr<std::string> {
      if (!twin && !transaction.Hopeful() && !std::exchange(met, true)) {
        EXPECT_TRUE(stores[1]->InTransaction([&](Transaction& other) { return file(other, true); }).ok());
      }
      transaction.Execute("INSERT INTO notes (note) VALUES (:1)", {twin ? "twin" : "one"});
      if (transaction.Execute("INSERT INTO counters (id, number) VALUES ('filed', 1) ON CONFLICT DO NOTHING") == 0)
        return absl::AlreadyExistsError("filed already");
      return std::string{twin ? "of the twin" : "of this one"};
    });
    if (said.ok()) answer = *said;
    // Once what this work took for granted has failed, it runs with care.
    return transaction.Hopeful() && !twin ? absl::AbortedError("again") : said.status();
  };
  const absl::Status filed =
      stores[0]->InTransaction([&](Transaction& transaction) { return file(transaction, false); });
  EXPECT_TRUE(filed.ok()) << filed;
  EXPECT_TRUE(met);
  EXPECT_EQ(answer, "of the twin");
  ASSERT_TRUE(stores[0]
                  ->Read([](Session& session) {
                    EXPECT_EQ(session.Query("SELECT count(*) FROM notes").front().Int(0), 1) << "one of them stands";
                    return absl::OkStatus();
                  })
                  .ok());
}

// Two members apply the same events, as one that was thought dead does with the one in its place.
TEST_F(PostgresStoreTest, AKeyStaysWhereAMemberFoundItUntilItHasCommitted) {
  const std::array stores{Open(1), Open(1)};
  const Inbox inbox{std::string{kCallsTopic}, "group"};
  const Event events[] = {testing::MakeEvent("id1", "k", 1), testing::MakeEvent("id2", "k", 2)};
  const Event* const first[] = {&events[0]};
  const Event* const second[] = {&events[1]};
  ASSERT_TRUE(stores[0]
                  ->InTransaction([&](Transaction& transaction) {
                    EXPECT_EQ(inbox.InTurn(transaction, first), 1u);
                    return inbox.MarkAll(transaction, first) ? absl::OkStatus() : absl::AbortedError("again");
                  })
                  .ok());
  const absl::Status applied = stores[0]->InTransaction([&](Transaction& transaction) {
    EXPECT_EQ(inbox.InTurn(transaction, second), 1u);
    std::promise<absl::Status> other;
    stores[1]->Submit(
        [&](Transaction& twin) {
          static_cast<void>(inbox.InTurn(twin, second));
          return absl::OkStatus();
        },
        std::chrono::steady_clock::now() + std::chrono::milliseconds{100},
        [&](const absl::Status& status) { other.set_value(status); });
    EXPECT_FALSE(other.get_future().get().ok()) << "the other member was told before this one had committed";
    EXPECT_TRUE(inbox.MarkAll(transaction, second));
    return absl::OkStatus();
  });
  ASSERT_TRUE(applied.ok()) << applied;
  ASSERT_TRUE(stores[1]
                  ->InTransaction([&](Transaction& transaction) {
                    EXPECT_EQ(inbox.InTurn(transaction, second), 0u);
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(PostgresStoreTest, WhatManyWriteGoesInFewStatementsOfOneTransaction) {
  const auto store = Open(1);
  std::promise<void> all_wait;
  std::atomic<int> done{0};
  const auto count = [&](const absl::Status& status) { done += status.ok() ? 1 : 1000; };
  store->Submit(
      [&](Transaction&) {
        all_wait.get_future().wait();
        return absl::OkStatus();
      },
      Soon(), count);
  constexpr int kPieces = 20;
  for (int i = 0; i < kPieces; ++i) {
    store->Submit(
        [i](Transaction& transaction) {
          transaction.Write("INSERT INTO counters (id, number) VALUES (:1, :2)", {std::to_string(i), std::int64_t{i}});
          transaction.Write("INSERT INTO notes (note) VALUES (:1)", {std::to_string(i)});
          return absl::OkStatus();
        },
        Soon(), count);
  }
  all_wait.set_value();
  ASSERT_TRUE(Eventually([&] { return done >= kPieces + 1; }));
  EXPECT_EQ(done, kPieces + 1);
  ASSERT_TRUE(store
                  ->Read([&](Session& session) {
                    const Row row = session
                                        .Query(
                                            "SELECT count(*), count(DISTINCT CAST(xmin AS TEXT)), "
                                            "count(DISTINCT CAST(cmin AS TEXT)) FROM notes")
                                        .front();
                    EXPECT_EQ(row.Int(0), kPieces);
                    // The first group may have ended with the piece that waited.
                    EXPECT_LE(row.Int(1), 2) << "transactions, and those under marks are others";
                    EXPECT_LE(row.Int(2), 4) << "statements";
                    const auto notes = session.Query("SELECT note FROM notes ORDER BY id");
                    for (int i = 0; i < kPieces; ++i) EXPECT_EQ(notes.at(static_cast<std::size_t>(i)).Int(0), i);
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(PostgresStoreTest, EventsOfOneKeyAreNumberedInTheOrderOfTheirRows) {
  const std::array stores{Open(), Open()};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < 25; ++j) {
        EXPECT_TRUE(stores[static_cast<std::size_t>(i % 2)]
                        ->InTransaction([&](Transaction& transaction) {
                          transaction.Publish(kCallsTopic, {.type = "t", .key = "k" + std::to_string(j % 3)});
                          return absl::OkStatus();
                        })
                        .ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::vector<OutboxRow> rows;
  ASSERT_TRUE(stores[0]
                  ->Read([&](Session& session) {
                    rows = Outbox::Oldest(session, kCallsTopic, 1000);
                    return absl::OkStatus();
                  })
                  .ok());
  std::map<std::string, std::uint64_t> last;
  for (const OutboxRow& row : rows) EXPECT_EQ(row.event.sequence, ++last[row.event.key]);
  EXPECT_EQ(rows.size(), 200u);
}

TEST_F(PostgresStoreTest, AStatementEndsAtItsDeadline) {
  const auto store = Open();
  std::promise<absl::Status> written;
  const auto start = steady_clock::now();
  store->Submit(
      [](Transaction& transaction) {
        transaction.Query("SELECT pg_sleep(20)");
        return absl::OkStatus();
      },
      start + milliseconds{200}, [&](absl::Status status) { written.set_value(std::move(status)); });
  const absl::Status late = written.get_future().get();
  EXPECT_TRUE(absl::IsDeadlineExceeded(late)) << late;

  const DeadlineScope scope{steady_clock::now() + milliseconds{200}};
  const absl::Status read = store->Read([](Session& session) {
    session.Query("SELECT pg_sleep(20)");
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsDeadlineExceeded(read)) << read;
  EXPECT_LT(steady_clock::now() - start, seconds{10});
}

TEST_F(PostgresStoreTest, AFailedTransactionIsNeverTakenForACommit) {
  const auto store = Open(1);
  // What a piece must not do, and what a COMMIT would answer with success: PostgreSQL has already rolled back.
  const absl::Status status = store->InTransaction([](Transaction& transaction) {
    transaction.Execute("INSERT INTO counters (id, number) VALUES ('x', 1)");
    transaction.Query("ROLLBACK");
    return absl::OkStatus();
  });
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(Get(*store, "x"), -1);
}

TEST_F(PostgresStoreTest, AFailedTransactionCannotBeCommitted) {
  const PostgresEngine engine{server().where(), testing::SchemaOf(folder_)};
  SqlConnection connection{engine, Access::kReadWrite};
  connection.Begin();
  EXPECT_THROW(connection.Query("SELECT 1 / 0"), StoreError);
  EXPECT_THROW(connection.Commit(), StoreError);
  connection.Rollback();
  connection.Begin();
  EXPECT_NO_THROW(connection.Commit());
}

TEST_F(PostgresStoreTest, TwoProcessesMigrateAtOnce) {
  std::array<absl::Status, 4> statuses;
  std::vector<std::thread> processes;
  for (absl::Status& status : statuses) {
    processes.emplace_back([&] {
      try {
        const auto store = OpenPostgresStore(server().where(), testing::SchemaOf(folder_),
                                             {.source = "hotline/test", .sealer = *sealer_, .clock = clock_});
        status = store->Migrate(kMigrations);
      } catch (const StoreError& error) {
        status = absl::InternalError(error.what());
      }
    });
  }
  for (auto& process : processes) process.join();
  for (const absl::Status& status : statuses) EXPECT_TRUE(status.ok()) << status;
}

TEST_F(PostgresStoreTest, ASiblingIsToldAndNobodyIsByItself) {
  const auto first = Open();
  const auto second = Open();
  std::atomic<int> first_woken{0};
  std::atomic<int> second_woken{0};
  first->siblings()->OnWoken([&] { ++first_woken; });
  second->siblings()->OnWoken([&] { ++second_woken; });
  const auto told = [&](Store& by, std::atomic<int>& woken) {
    const int before = woken;
    return Eventually([&] {
      by.siblings()->Wake();
      return woken > before;
    });
  };
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(told(*first, second_woken));
  EXPECT_LE(first_woken, 1);  // Once because it may have missed something before it listened; never by itself.
  ASSERT_TRUE(told(*second, first_woken));
  first->siblings()->OnWoken(nullptr);
  second->siblings()->OnWoken(nullptr);
}

/// Two processes that publish into one outbox, each with its relay, on a bus of the test.
class PostgresRelayTest : public PostgresStoreTest {
 protected:
  void SetUp() override {
    bus_ = OpenEmbeddedBus(folder_ / "bus.db", {.clock = clock_});
    subscription_ = bus_->Consume(kCallsTopic, "watcher", arrivals_.Handler());
  }
  std::unique_ptr<OutboxRelay> StartRelay(Store& store) {
    return std::make_unique<OutboxRelay>(
        store, *bus_, metrics_, RelayOptions{.store = "test", .batch = 20, .tick = milliseconds{50}, .clock = &clock_});
  }
  static absl::Status Publish(Store& store, const std::string& key) {
    return store.InTransaction([&](Transaction& transaction) {
      transaction.Publish(kCallsTopic, {.type = "t", .key = key});
      return absl::OkStatus();
    });
  }
  /// Held leases by relay.
  static std::map<std::string, int> Leases(Store& store) {
    std::map<std::string, int> leases;
    EXPECT_TRUE(store
                    .Read([&](Session& session) {
                      for (const Row& row : session.Query("SELECT relay FROM outbox_leases WHERE relay <> ''")) {
                        ++leases[row.Text(0)];
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    return leases;
  }
  static std::int64_t Waiting(Store& store) {
    std::int64_t size = -1;
    EXPECT_TRUE(store
                    .Read([&](Session& session) {
                      size = Outbox::Size(session);
                      return absl::OkStatus();
                    })
                    .ok());
    return size;
  }
  /// Every key's events came, first occurrences in order.
  void ExpectAllInOrder(std::size_t events) {
    std::map<std::string, std::uint64_t> last;
    std::size_t first_times = 0;
    for (const Delivery& delivery : arrivals_.all()) {
      std::uint64_t& sequence = last[delivery.event.key];
      if (delivery.event.sequence <= sequence) continue;
      EXPECT_EQ(delivery.event.sequence, sequence + 1) << delivery.event.key;
      sequence = delivery.event.sequence;
      ++first_times;
    }
    EXPECT_EQ(first_times, events);
  }

  testing::CountingMetrics metrics_;
  testing::Arrivals arrivals_;
  std::unique_ptr<Bus> bus_;
  std::unique_ptr<Subscription> subscription_;
};

TEST_F(PostgresRelayTest, TwoRelaysShareTheKeysAndSendEachKeyInOrder) {
  const std::array stores{Open(), Open()};
  auto first = StartRelay(*stores[0]);
  auto second = StartRelay(*stores[1]);
  const auto shared_fairly = [&] {
    const auto leases = Leases(*stores[0]);
    return leases.size() == 2 && leases.begin()->second == kOutboxShards / 2 &&
           leases.rbegin()->second == kOutboxShards / 2;
  };
  ASSERT_TRUE(Eventually(shared_fairly));
  constexpr int kEach = 100;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < kEach; ++j) EXPECT_TRUE(Publish(*stores[i % 2], "key " + std::to_string(j % 11)).ok());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(Eventually([&] { return Waiting(*stores[0]) == 0; }));
  ASSERT_TRUE(arrivals_.WaitFor(6 * kEach));
  ExpectAllInOrder(6 * kEach);

  first.reset();  // It gives its keys back: the other sends them.
  for (int j = 0; j < 32; ++j) EXPECT_TRUE(Publish(*stores[0], "later " + std::to_string(j)).ok());
  EXPECT_TRUE(Eventually([&] { return Waiting(*stores[0]) == 0; }));
  ASSERT_TRUE(arrivals_.WaitFor(6 * kEach + 32));
  ExpectAllInOrder(6 * kEach + 32);
}

TEST_F(PostgresRelayTest, TheKeysOfADeadRelayAreTakenOverWhenItsLeasesRunOut) {
  const auto store = Open();
  const std::int64_t until = (clock_.Now() + OutboxLeases::kLasting).time_since_epoch().count();
  ASSERT_TRUE(store
                  ->InTransaction([&](Transaction& transaction) {
                    transaction.Execute("INSERT INTO outbox_relays (relay, alive_until) VALUES ('dead', :1)", {until});
                    transaction.Execute("UPDATE outbox_leases SET relay = 'dead', held_until = :1", {until});
                    return absl::OkStatus();
                  })
                  .ok());
  for (int i = 0; i < 32; ++i) ASSERT_TRUE(Publish(*store, "key " + std::to_string(i)).ok());
  OutboxLeases leases{*store, clock_, "new"};
  ASSERT_TRUE(leases.Renew().ok());
  EXPECT_TRUE(leases.held().empty());
  leases.GiveBack();
  clock_.Move(OutboxLeases::kLasting + milliseconds{1});
  const auto relay = StartRelay(*store);
  ASSERT_TRUE(arrivals_.WaitFor(32));
  ExpectAllInOrder(32);
}

TEST_F(PostgresStoreTest, ItRefusesWhatIsNoConnectionStringWithoutSayingIt) {
  try {
    static_cast<void>(OpenPostgresStore("password=secret nonsense", "s",
                                        {.source = "hotline/test", .sealer = *sealer_, .clock = clock_}));
    FAIL() << "opened";
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), ::testing::Not(::testing::HasSubstr("secret")));
  }
}

TEST_F(PostgresStoreTest, AConstraintIsNamedWithoutTheValuesThatBrokeIt) {
  const auto store = Open();
  ASSERT_TRUE(Put(*store, "13900001111", 1).ok());
  const absl::Status status = store->InTransaction([](Transaction& transaction) {
    transaction.Execute("INSERT INTO counters (id, number) VALUES (:1, 2)", {"13900001111"});
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsInternal(status));
  EXPECT_THAT(std::string{status.message()}, ::testing::Not(::testing::HasSubstr("13900001111")));
}

/// On a server of its own, which the test may kill.
class PostgresOutageTest : public PostgresStoreTest {
 protected:
  static void SetUpTestSuite() {
    server_ = new tests::PostgresServer;
    server_->Start();
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  tests::PostgresServer& server() override { return *server_; }

  static tests::PostgresServer* server_;
};

tests::PostgresServer* PostgresOutageTest::server_ = nullptr;

TEST_F(PostgresOutageTest, WhileItIsAwayAllIsUnavailableAndThenGoesOn) {
  const auto store = Open();
  ASSERT_TRUE(Put(*store, "a", 1).ok());
  ASSERT_EQ(Get(*store, "a"), 1);
  server().Kill();
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(absl::IsUnavailable(Put(*store, "a", 2)));
    EXPECT_TRUE(absl::IsUnavailable(store->Read([](Session& session) {
      session.Query("SELECT 1");
      return absl::OkStatus();
    })));
  }
  server().Start();
  EXPECT_EQ(Get(*store, "a"), 1);  // At once: a read connects by itself.
  ASSERT_TRUE(Eventually([&] { return Put(*store, "a", 3).ok(); }));
  EXPECT_EQ(Get(*store, "a"), 3);
}

TEST_F(PostgresOutageTest, AServerThatHangsIsNotWaitedForLongerThanTheDeadline) {
  const auto store = Open();
  ASSERT_TRUE(Put(*store, "a", 1).ok());
  ASSERT_EQ(Get(*store, "a"), 1);
  server().Freeze();
  const auto start = steady_clock::now();
  std::promise<absl::Status> written;
  store->Submit(
      [](Transaction& transaction) {
        transaction.Execute("UPDATE counters SET number = 2 WHERE id = 'a'");
        return absl::OkStatus();
      },
      start + milliseconds{300}, [&](absl::Status status) { written.set_value(std::move(status)); });
  {
    const DeadlineScope scope{start + milliseconds{300}};
    EXPECT_FALSE(store
                     ->Read([](Session& session) {
                       session.Query("SELECT number FROM counters");
                       return absl::OkStatus();
                     })
                     .ok());
  }
  EXPECT_FALSE(written.get_future().get().ok());
  EXPECT_LT(steady_clock::now() - start, seconds{15});
  server().Thaw();
  ASSERT_TRUE(Eventually([&] { return Put(*store, "a", 3).ok(); }));
  EXPECT_EQ(Get(*store, "a"), 3);
}

TEST_F(PostgresOutageTest, WhatWasAcknowledgedSurvivesTheKill) {
  const auto store = Open();
  std::atomic<bool> over{false};
  std::mutex mutex;
  std::set<std::string> acknowledged;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 8; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; !over; ++i) {
        const std::string id = std::to_string(writer) + "/" + std::to_string(i);
        if (!Put(*store, id, i).ok()) continue;
        const std::lock_guard lock{mutex};
        acknowledged.insert(id);
      }
    });
  }
  const auto count = [&] {
    const std::lock_guard lock{mutex};
    return acknowledged.size();
  };
  for (int kill = 0; kill < 3; ++kill) {
    const std::size_t before = count();
    EXPECT_TRUE(Eventually([&] { return count() > before + 50; }));
    server().Kill();
    server().Start();
  }
  const std::size_t before = count();
  EXPECT_TRUE(Eventually([&] { return count() > before + 50; }));
  over = true;
  for (auto& writer : writers) writer.join();
  std::set<std::string> stored;
  ASSERT_TRUE(store
                  ->Read([&](Session& session) {
                    for (const Row& row : session.Query("SELECT id FROM counters")) stored.insert(row.Text(0));
                    return absl::OkStatus();
                  })
                  .ok());
  for (const std::string& id : acknowledged) EXPECT_TRUE(stored.contains(id)) << "lost " << id;
  std::printf("%zu acknowledged, %zu stored\n", acknowledged.size(), stored.size());
}

}  // namespace
}  // namespace hotline::platform
