// What every store promises.
#include <cmath>
#include <future>
#include <limits>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include "contract/platform_testing.h"
#include "contract/store_kinds.h"
#include "platform/bus/topics.h"
#include "platform/bytes.h"
#include "platform/store/outbox.h"
#include "platform/store/request_memory.h"

namespace hotline::platform {
namespace {

using ::testing::ElementsAre;
using testing::Soon;

constexpr Migration kMigrations[] = {
    {1, "things",
     "CREATE TABLE things (id TEXT PRIMARY KEY, number BIGINT, real DOUBLE PRECISION, note TEXT);"
     "CREATE TABLE parts (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, thing TEXT NOT NULL REFERENCES things "
     "(id));",
     "DROP TABLE parts; DROP TABLE things;"},
    {2, "colours", "ALTER TABLE things ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';",
     "ALTER TABLE things DROP COLUMN colour;"},
};

class StoreTest : public ::testing::TestWithParam<testing::StoreKind> {
 protected:
  void SetUp() override {
    sealer_ = Sealer::Open(folder_ / "keyring.json").value();
    Open(4096);
    ASSERT_TRUE(store_->Migrate(kMigrations).ok());
  }
  void Open(std::size_t queue_capacity) {
    store_.reset();
    store_ = GetParam().open(
        folder_, {.source = "hotline/test", .sealer = *sealer_, .clock = clock_, .queue_capacity = queue_capacity});
  }

  absl::Status Insert(const std::string& id) {
    return store_->InTransaction([&](Transaction& transaction) {
      transaction.Execute("INSERT INTO things (id) VALUES (:1)", {id});
      return absl::OkStatus();
    });
  }

  std::vector<std::string> Ids() {
    std::vector<std::string> ids;
    EXPECT_TRUE(store_
                    ->Read([&](Session& session) {
                      for (const Row& row : session.Query("SELECT id FROM things ORDER BY id"))
                        ids.push_back(row.Text(0));
                      return absl::OkStatus();
                    })
                    .ok());
    return ids;
  }

  std::vector<OutboxRow> Outgoing() {
    std::vector<OutboxRow> rows;
    EXPECT_TRUE(store_
                    ->Read([&](Session& session) {
                      rows = Outbox::Oldest(session, kCallsTopic, 1000);
                      return absl::OkStatus();
                    })
                    .ok());
    return rows;
  }

  testing::TemporaryFolder folder_;
  testing::FakeClock clock_;
  std::unique_ptr<Sealer> sealer_;
  std::unique_ptr<Store> store_;
};

TEST_P(StoreTest, GivesValuesBackAsTheyWere) {
  const std::vector<std::int64_t> integers{0, 1, -1, std::numeric_limits<std::int64_t>::max(),
                                           std::numeric_limits<std::int64_t>::min()};
  const std::vector<double> reals{0.0, -0.5, 0.1, 1e308, 5e-324, 1.0 / 3.0};
  const std::vector<std::string> texts{"", " ", "热线 12345 🙂", "it's \"quoted\" :1 %s \\",
                                       std::string(100'000, 'x')};
  for (std::size_t i = 0; i < integers.size(); ++i) {
    const std::string id = std::to_string(i);
    const Row row = [&] {
      std::vector<Row> rows;
      EXPECT_TRUE(store_
                      ->InTransaction([&](Transaction& transaction) {
                        transaction.Execute("INSERT INTO things (id, number, real, note) VALUES (:1, :2, :3, :4)",
                                            {id, integers[i], reals[i], texts[i]});
                        rows = transaction.Query("SELECT number, real, note FROM things WHERE id = :1", {id});
                        return absl::OkStatus();
                      })
                      .ok());
      return rows.at(0);
    }();
    EXPECT_EQ(row.Int(0), integers[i]);
    EXPECT_EQ(row.Real(1), reals[i]);
    EXPECT_FALSE(row.IsNull(2));
    EXPECT_EQ(row.Text(2), texts[i]);
  }
}

TEST_P(StoreTest, KeepsNullApartFromEmpty) {
  ASSERT_TRUE(store_
                  ->InTransaction([&](Transaction& transaction) {
                    transaction.Execute("INSERT INTO things (id, number, real, note) VALUES (:1, :2, :3, :4)",
                                        {"a", nullptr, nullptr, nullptr});
                    // The same statement with other types: a parameter has none of its own.
                    transaction.Execute("INSERT INTO things (id, number, real, note) VALUES (:1, :2, :3, :4)",
                                        {"b", std::int64_t{0}, 0.0, ""});
                    const auto rows = transaction.Query("SELECT number, real, note FROM things ORDER BY id");
                    for (std::size_t column = 0; column < 3; ++column) {
                      EXPECT_TRUE(rows.at(0).IsNull(column));
                      EXPECT_FALSE(rows.at(1).IsNull(column));
                    }
                    EXPECT_EQ(rows.at(0).Int(0), 0);
                    EXPECT_EQ(rows.at(0).Text(2), "");
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_P(StoreTest, KnowsTheTypeOfAnExpression) {
  ASSERT_TRUE(Insert("a").ok());
  ASSERT_TRUE(
      store_
          ->Read([&](Session& session) {
            const auto rows = session.Query(
                "SELECT count(*), max(number), coalesce(max(number), 7), 0.5 * count(*), 'x' || max(id) FROM things");
            EXPECT_EQ(rows.at(0).Int(0), 1);
            EXPECT_TRUE(rows.at(0).IsNull(1));
            EXPECT_EQ(rows.at(0).Int(2), 7);
            EXPECT_EQ(rows.at(0).Real(3), 0.5);
            EXPECT_EQ(rows.at(0).Text(4), "xa");
            return absl::OkStatus();
          })
          .ok());
}

TEST_P(StoreTest, RefusesTextWithAZeroByte) {
  EXPECT_TRUE(absl::IsInvalidArgument(Insert(std::string{"a\0b", 3})));
  EXPECT_THAT(Ids(), ElementsAre());
}

TEST_P(StoreTest, KeepsBytesWhole) {
  std::string bytes{"\0\xff\0", 3};
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  ASSERT_TRUE(store_
                  ->InTransaction([&](Transaction& transaction) {
                    transaction.Execute("INSERT INTO things (id, note) VALUES (:1, :2)", {"a", ToBase64(bytes)});
                    return absl::OkStatus();
                  })
                  .ok());
  ASSERT_TRUE(store_
                  ->Read([&](Session& session) {
                    EXPECT_EQ(FromBase64(session.Query("SELECT note FROM things").at(0).Text(0)).value(), bytes);
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_P(StoreTest, TextSortsByItsBytes) {
  for (const char* id : {"é", "b", "B", "市", "a", "中", "_"}) ASSERT_TRUE(Insert(id).ok());
  EXPECT_THAT(Ids(), ElementsAre("B", "_", "a", "b", "é", "中", "市"));
}

TEST_P(StoreTest, NobodyElseIsWaitedForWhenNothingIsOpen) {
  ASSERT_TRUE(Insert("a").ok());
  ASSERT_TRUE(store_
                  ->Read([](Session& session) {
                    EXPECT_EQ(session.LongestOpen().count(), 0);
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_P(StoreTest, CountsAndReturnsWhatChanged) {
  ASSERT_TRUE(
      store_
          ->InTransaction([&](Transaction& transaction) {
            EXPECT_EQ(transaction.Execute("INSERT INTO things (id) VALUES (:1), (:2)", {"a", "b"}), 2);
            EXPECT_EQ(transaction.Execute("INSERT INTO things (id) VALUES (:1) ON CONFLICT (id) DO NOTHING", {"a"}), 0);
            EXPECT_EQ(transaction.Execute("UPDATE things SET number = :1", {std::int64_t{3}}), 2);
            const auto rows = transaction.Query("DELETE FROM things WHERE id = :1 RETURNING id, number", {"a"});
            EXPECT_EQ(rows.at(0).Text(0), "a");
            EXPECT_EQ(rows.at(0).Int(1), 3);
            return absl::OkStatus();
          })
          .ok());
  EXPECT_THAT(Ids(), ElementsAre("b"));
}

TEST_P(StoreTest, ReadsSeeWhatWasCommittedBefore) {
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(Insert(std::to_string(i)).ok());
    ASSERT_EQ(Ids().size(), static_cast<std::size_t>(i) + 1);
  }
}

TEST_P(StoreTest, ReadsCannotWrite) {
  const absl::Status status = store_->Read([](Session& session) {
    session.Query("INSERT INTO things (id) VALUES (:1)", {"a"});
    return absl::OkStatus();
  });
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(Ids(), ElementsAre());
}

TEST_P(StoreTest, ARollbackLeavesNothingBehind) {
  bool acted = false;
  const absl::Status status = store_->InTransaction([&](Transaction& transaction) {
    transaction.Execute("INSERT INTO things (id) VALUES (:1)", {"a"});
    transaction.Publish(kCallsTopic, {.type = "t", .key = "k"});
    transaction.OnCommit([&] { acted = true; });
    return absl::FailedPreconditionError("no");
  });
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_FALSE(acted);
  EXPECT_THAT(Ids(), ElementsAre());
  EXPECT_TRUE(Outgoing().empty());

  // Nor does it take a sequence number.
  ASSERT_TRUE(store_
                  ->InTransaction([](Transaction& transaction) {
                    transaction.Publish(kCallsTopic, {.type = "t", .key = "k"});
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(Outgoing().at(0).event.sequence, 1u);
}

/// Fills the queue while the store's thread is held, so that what follows shares one commit.
class Held {
 public:
  explicit Held(Store& store) {
    store.Submit(
        [this](Transaction&) {
          std::unique_lock lock{mutex_};
          holding_ = true;
          changed_.notify_all();
          changed_.wait(lock, [this] { return released_; });
          return absl::OkStatus();
        },
        Soon(), [](const absl::Status&) {});
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return holding_; });
  }
  ~Held() { Release(); }
  void Release() {
    const std::lock_guard lock{mutex_};
    released_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool holding_ = false;
  bool released_ = false;
};

TEST_P(StoreTest, APieceThatFailsRollsBackAlone) {
  std::mutex mutex;
  std::vector<absl::StatusCode> codes;
  const auto done = [&](const absl::Status& status) {
    const std::lock_guard lock{mutex};
    codes.push_back(status.code());
  };
  {
    Held held{*store_};
    const auto insert = [&](std::string id, absl::Status result) {
      store_->Submit(
          [id, result](Transaction& transaction) {
            transaction.Execute("INSERT INTO things (id) VALUES (:1)", {id});
            return result;
          },
          Soon(), done);
    };
    insert("a", absl::OkStatus());
    insert("b", absl::AbortedError("no"));
    insert("a", absl::OkStatus());  // Twice the same key: its statement throws.
    store_->Submit([](Transaction&) -> absl::Status { throw std::runtime_error{"bug"}; }, Soon(), done);
    insert("c", absl::OkStatus());
    held.Release();
    ASSERT_TRUE(Insert("d").ok());  // Behind all of them.
  }
  EXPECT_THAT(codes, ElementsAre(absl::StatusCode::kOk, absl::StatusCode::kAborted, absl::StatusCode::kInternal,
                                 absl::StatusCode::kInternal, absl::StatusCode::kOk));
  EXPECT_THAT(Ids(), ElementsAre("a", "c", "d"));
}

TEST_P(StoreTest, WhatIsWrittenWithoutAnAnswerIsSeenByWhatAsks) {
  ASSERT_TRUE(store_
                  ->InTransaction([](Transaction& transaction) {
                    for (int i = 0; i < 200; ++i) {  // More than go at once.
                      transaction.Write("INSERT INTO things (id, number) VALUES (:1, :2)",
                                        {std::to_string(i), std::int64_t{i}});
                    }
                    transaction.Write("UPDATE things SET number = number + 1, note = :1, real = :2", {nullptr, .5});
                    EXPECT_EQ(transaction.Query("SELECT sum(number) FROM things").front().Int(0), 199 * 200 / 2 + 200);
                    transaction.Write("DELETE FROM things WHERE id <> :1", {"7"});
                    EXPECT_EQ(transaction.Execute("UPDATE things SET colour = :1", {"blue"}), 1);
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_THAT(Ids(), ElementsAre("7"));
}

TEST_P(StoreTest, WhatIsWrittenWithoutAnAnswerFailsItsWorkAlone) {
  std::mutex mutex;
  std::vector<absl::StatusCode> codes;
  const auto submit = [&](Store::Work work) {
    store_->Submit(std::move(work), Soon(), [&](const absl::Status& status) {
      const std::lock_guard lock{mutex};
      codes.push_back(status.code());
    });
  };
  const auto write = [](std::string id, bool ask, absl::Status result) {
    return [=](Transaction& transaction) {
      transaction.Write("INSERT INTO things (id) VALUES (:1)", {id});
      if (ask) transaction.Query("SELECT 1");
      transaction.Write("INSERT INTO things (id) VALUES (:1)", {id + "2"});
      transaction.Publish(kCallsTopic, {.type = "t", .key = "bj/" + id, .payload = id});
      return result;
    };
  };
  {
    Held held{*store_};
    submit(write("a", true, absl::OkStatus()));
    submit(write("b", false, absl::OkStatus()));
    submit(write("c", false, absl::AbortedError("no")));  // Nothing of it was sent yet.
    submit(write("a", false, absl::OkStatus()));          // Fails when it is done: its key is taken.
    submit(write("d", true, absl::AbortedError("no")));   // Half of it was.
    submit(write("b", true, absl::OkStatus()));           // Fails where it asks.
    submit(write("c", false, absl::AbortedError("no")));
    submit(write("e", false, absl::OkStatus()));
    held.Release();
    ASSERT_TRUE(Insert("f").ok());
  }
  using enum absl::StatusCode;
  EXPECT_THAT(codes, ElementsAre(kOk, kOk, kAborted, kInternal, kAborted, kInternal, kAborted, kOk));
  EXPECT_THAT(Ids(), ElementsAre("a", "a2", "b", "b2", "e", "e2", "f"));
  std::vector<std::string> keys;
  for (const OutboxRow& row : Outgoing()) keys.push_back(row.event.key);
  EXPECT_THAT(keys, ElementsAre("bj/a", "bj/b", "bj/e"));
}

TEST_P(StoreTest, AStatementThatMakesNoSenseFailsItsWorkAlone) {
  std::mutex mutex;  // Who writes and who answers are threads of their own.
  std::vector<std::string> told;
  const auto tell = [&](const std::string& what) {
    const std::lock_guard lock{mutex};
    told.push_back(what);
  };
  const auto submit = [&](const std::string& id, const std::string& sql, std::initializer_list<Value> values) {
    store_->Submit(
        [&, id, sql, parameters = std::vector<Value>{values}](Transaction& transaction) {
          transaction.OnWritten([&, id] { tell("written " + id); });
          transaction.Write("INSERT INTO things (id) VALUES (:1)", {id});
          transaction.Write(sql, parameters);
          return absl::OkStatus();
        },
        Soon(), [&, id](const absl::Status& status) { tell(id + " " + absl::StatusCodeToString(status.code())); });
  };
  const std::string update = "UPDATE things SET number = :1 WHERE id = :2";
  {
    Held held{*store_};
    submit("a", update, {std::int64_t{1}, "a"});
    submit("b", "UPDATE things SET nothing = 1", {});  // Refused before it is run.
    submit("c", update, {std::int64_t{1}});            // A parameter too few.
    submit("d", "UPDATE things SET id = :1", {"a"});   // Refused when it is run.
    submit("e", update, {std::int64_t{1}, "e"});
    held.Release();
    ASSERT_TRUE(Insert("f").ok());
  }
  // Some of them run again, and tell again that they have written.
  EXPECT_THAT((std::set<std::string>{told.begin(), told.end()}),
              ElementsAre("a OK", "b INTERNAL", "c INTERNAL", "d INTERNAL", "e OK", "written a", "written e"));
  EXPECT_THAT(Ids(), ElementsAre("a", "e", "f"));
}

TEST_P(StoreTest, WhatManyWriteIsSeenByTheNextThatAsks) {
  constexpr int kPieces = 100;  // More rows than one statement carries.
  std::vector<std::int64_t> seen;
  {
    Held held{*store_};
    const auto nothing = [](const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; };
    for (int i = 0; i < kPieces; ++i) {
      const std::string id = std::to_string(i);
      store_->Submit(
          [id, i](Transaction& transaction) {
            transaction.Write("INSERT INTO things (id, number) VALUES (:1, :2)", {id, std::int64_t{i}});
            transaction.Write("INSERT INTO parts (thing) VALUES (:1)", {id});
            return absl::OkStatus();
          },
          Soon(), nothing);
      if (i % 30 != 29) continue;
      store_->Submit(
          [&](Transaction& transaction) {
            transaction.Write("UPDATE things SET number = number + 1000");
            seen.push_back(transaction.Query("SELECT count(*) FROM things").front().Int(0));
            seen.push_back(transaction.Query("SELECT count(*) FROM parts").front().Int(0));
            return absl::OkStatus();
          },
          Soon(), nothing);
    }
    held.Release();
    ASSERT_TRUE(Insert("last").ok());
  }
  EXPECT_THAT(seen, ElementsAre(30, 30, 60, 60, 90, 90));
  ASSERT_TRUE(store_
                  ->Read([&](Session& session) {
                    EXPECT_EQ(session.Query("SELECT sum(number) FROM things").front().Int(0),
                              kPieces * (kPieces - 1) / 2 + (30 + 60 + 90) * 1000);
                    EXPECT_EQ(session.Query("SELECT count(*) FROM parts").front().Int(0), kPieces);
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_P(StoreTest, AFailureThatShowsLateCostsNobodyElseAnything) {
  std::mutex mutex;
  std::map<std::string, std::vector<absl::StatusCode>> told;
  const auto publish = [&](const std::string& name, const std::string& id, absl::Status says) {
    store_->Submit(
        [id, says](Transaction& transaction) {
          transaction.Write("INSERT INTO things (id) VALUES (:1)", {id});
          transaction.Publish(kCallsTopic, {.type = "t", .key = "bj/1", .payload = id});
          return says;
        },
        Soon(),
        [&, name](const absl::Status& status) {
          const std::lock_guard lock{mutex};
          told[name].push_back(status.code());
        });
  };
  ASSERT_TRUE(Insert("taken").ok());
  {
    Held held{*store_};
    publish("a", "a", absl::OkStatus());
    publish("b", "taken", absl::OkStatus());  // Where inserts gather nobody knows before the commit.
    publish("c", "c", absl::OkStatus());
    publish("d", "d", absl::NotFoundError("no"));
    publish("e", "e", absl::OkStatus());
    held.Release();
    ASSERT_TRUE(Insert("last").ok());
  }
  using enum absl::StatusCode;
  EXPECT_THAT(told["a"], ElementsAre(kOk));
  EXPECT_THAT(told["b"], ElementsAre(kInternal));
  EXPECT_THAT(told["c"], ElementsAre(kOk));
  EXPECT_THAT(told["d"], ElementsAre(kNotFound));
  EXPECT_THAT(told["e"], ElementsAre(kOk));
  EXPECT_THAT(Ids(), ElementsAre("a", "c", "e", "last", "taken"));
  std::vector<std::uint64_t> sequences;
  for (const OutboxRow& row : Outgoing()) sequences.push_back(row.event.sequence);
  EXPECT_THAT(sequences, ElementsAre(1u, 2u, 3u));
}

TEST_P(StoreTest, ManyEventsOfOneWorkLeaveInOrder) {
  for (int again = 0; again < 2; ++again) {
    ASSERT_TRUE(store_
                    ->InTransaction([](Transaction& transaction) {
                      for (int i = 0; i < 20; ++i) {  // More than one statement adds.
                        transaction.Publish(kCallsTopic, {.type = "t", .key = i % 3 == 0 ? "bj/1" : "bj/2"});
                      }
                      return absl::OkStatus();
                    })
                    .ok());
  }
  std::map<std::string, std::uint64_t> last;
  for (const OutboxRow& row : Outgoing()) EXPECT_EQ(row.event.sequence, ++last[row.event.key]) << row.event.key;
  EXPECT_EQ(last["bj/1"], 14u);
  EXPECT_EQ(last["bj/2"], 26u);
}

TEST_P(StoreTest, WorkCannotGoOnAfterAFailedStatement) {
  ASSERT_TRUE(Insert("a").ok());
  const absl::Status status = store_->InTransaction([&](Transaction& transaction) {
    transaction.Execute("INSERT INTO things (id) VALUES (:1)", {"b"});
    try {
      transaction.Execute("INSERT INTO things (id) VALUES (:1)", {"a"});
    } catch (const StoreError& error) {
      EXPECT_EQ(error.kind(), StoreError::Kind::kUnique);
    }
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsInternal(status)) << status;
  EXPECT_THAT(Ids(), ElementsAre("a"));
}

TEST_P(StoreTest, TellsAUniqueKeyFromAnotherConstraint) {
  EXPECT_TRUE(absl::IsNotFound(store_->InTransaction([](Transaction& transaction) {
    try {
      transaction.Execute("INSERT INTO parts (thing) VALUES (:1)", {"nothing"});
    } catch (const StoreError& error) {
      EXPECT_EQ(error.kind(), StoreError::Kind::kConstraint);
      return absl::NotFoundError("no such thing");
    }
    return absl::OkStatus();
  })));
}

TEST_P(StoreTest, RunsActionsInOrderAfterTheCommit) {
  std::vector<int> order;
  {
    Held held{*store_};
    for (int i = 0; i < 3; ++i) {
      store_->Submit(
          [&order, i](Transaction& transaction) {
            transaction.OnCommit([&order, i] { order.push_back(2 * i); });
            return absl::OkStatus();
          },
          Soon(), [&order, i](const absl::Status&) { order.push_back(2 * i + 1); });
    }
    held.Release();
    ASSERT_TRUE(Insert("last").ok());
  }
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_P(StoreTest, WhoIsSlowToTakeAnAnswerHoldsUpNobodysWork) {
  std::promise<void> later_ran;
  std::atomic<bool> answered{false};
  store_->Submit([](Transaction&) { return absl::OkStatus(); }, Soon(),
                 [&, ran = later_ran.get_future().share()](const absl::Status&) {
                   answered = ran.wait_for(std::chrono::seconds{20}) == std::future_status::ready;
                 });
  ASSERT_TRUE(store_
                  ->InTransaction([&](Transaction&) {
                    later_ran.set_value();
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_TRUE(answered) << "and answers keep their order";
}

TEST_P(StoreTest, ManyCallersShareCommits) {
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 16; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 25; ++i) EXPECT_TRUE(Insert(std::to_string(caller) + "/" + std::to_string(i)).ok());
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(Ids().size(), 400u);
}

TEST_P(StoreTest, RefusesWorkWhenTheQueueIsFull) {
  Open(2);
  Held held{*store_};
  std::atomic<int> finished{0};
  const auto count = [&](const absl::Status&) { ++finished; };
  const auto nothing = [](Transaction&) { return absl::OkStatus(); };
  store_->Submit(nothing, Soon(), count);
  store_->Submit(nothing, Soon(), count);
  absl::Status refused;
  store_->Submit(nothing, Soon(), [&](absl::Status status) { refused = std::move(status); });
  EXPECT_TRUE(absl::IsResourceExhausted(refused));  // At once: the store's thread is still held.
  held.Release();
  EXPECT_TRUE(testing::Eventually([&] { return finished == 2; }));
}

TEST_P(StoreTest, WorkWhoseTimePassedIsNotStarted) {
  bool started = false;
  absl::Status late;
  {
    Held held{*store_};
    store_->Submit(
        [&](Transaction&) {
          started = true;
          return absl::OkStatus();
        },
        std::chrono::steady_clock::now(), [&](absl::Status status) { late = std::move(status); });
    held.Release();
    ASSERT_TRUE(Insert("a").ok());
  }
  EXPECT_FALSE(started);
  EXPECT_TRUE(absl::IsDeadlineExceeded(late));
}

TEST_P(StoreTest, FinishesWhatIsQueuedWhenItCloses) {
  std::atomic<int> done{0};
  for (int i = 0; i < 100; ++i) {
    store_->Submit(
        [i](Transaction& transaction) {
          transaction.Execute("INSERT INTO things (id) VALUES (:1)", {std::to_string(i)});
          return absl::OkStatus();
        },
        Soon(), [&](const absl::Status& status) { done += status.ok() ? 1 : 0; });
  }
  Open(4096);
  EXPECT_EQ(done, 100);
  EXPECT_EQ(Ids().size(), 100u);
}

TEST_P(StoreTest, PublishesWithIdSourceSequenceAndSeal) {
  ASSERT_TRUE(store_
                  ->InTransaction([](Transaction& transaction) {
                    transaction.Publish(kCallsTopic, {.type = "t", .key = "bj/1", .payload = std::string{"a\0b", 3}});
                    transaction.Publish(kCallsTopic, {.type = "t", .key = "bj/2", .payload = "other"});
                    transaction.Publish(kCallsTopic, {.type = "t", .key = "bj/1", .payload = ""});
                    transaction.Publish(kCasesTopic, {.type = "t", .key = "bj/1", .payload = ""});
                    return absl::OkStatus();
                  })
                  .ok());
  const auto rows = Outgoing();
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].event.sequence, 1u);
  EXPECT_EQ(rows[1].event.sequence, 1u);
  EXPECT_EQ(rows[2].event.sequence, 2u);
  EXPECT_EQ(rows[0].event.source, "hotline/test");
  EXPECT_LT(rows[0].event.id, rows[2].event.id);
  EXPECT_EQ(sealer_->Unseal(rows[0].event.payload, SealContext(rows[0].event)).value(), (std::string{"a\0b", 3}));
  EXPECT_FALSE(sealer_->Unseal(rows[0].event.payload, SealContext(rows[1].event)).ok());
}

TEST_P(StoreTest, RefusesAnEventWithoutAPlace) {
  EXPECT_TRUE(absl::IsInternal(store_->InTransaction([](Transaction& transaction) {
    transaction.Publish("no.such.topic", {.type = "t", .key = "k"});
    return absl::OkStatus();
  })));
}

TEST_P(StoreTest, MigratesUpAndDown) {
  ASSERT_TRUE(store_->Migrate(kMigrations).ok());  // Again: nothing to do.
  ASSERT_TRUE(Insert("a").ok());
  ASSERT_TRUE(store_->MigrateTo(kMigrations, 1).ok());
  EXPECT_THAT(Ids(), ElementsAre("a"));
  ASSERT_TRUE(store_->MigrateTo(kMigrations, 0).ok());
  EXPECT_FALSE(Insert("b").ok());
  ASSERT_TRUE(store_->Migrate(kMigrations).ok());
  EXPECT_THAT(Ids(), ElementsAre());
}

TEST_P(StoreTest, RefusesADatabaseThatIsNewer) {
  EXPECT_TRUE(absl::IsFailedPrecondition(store_->Migrate(std::span<const Migration>{kMigrations}.first(1))));
}

TEST_P(StoreTest, AMigrationThatFailsLeavesNothing) {
  const Migration broken[] = {
      kMigrations[0], kMigrations[1], {3, "broken", "CREATE TABLE half (id TEXT); NOT SQL;", ""}};
  EXPECT_FALSE(store_->Migrate(broken).ok());
  const Migration mended[] = {
      kMigrations[0], kMigrations[1], {3, "mended", "CREATE TABLE half (id TEXT);", "DROP TABLE half;"}};
  EXPECT_TRUE(store_->Migrate(mended).ok());
}

TEST_P(StoreTest, RemembersTheFirstAnswer) {
  const RequestKey key{"agent-1", "/Svc/Method", "r1", "sha"};
  int effects = 0;
  const auto run = [&](const RequestKey& request) -> absl::StatusOr<std::string> {
    std::string answer;
    const absl::Status status = store_->InTransaction([&](Transaction& transaction) -> absl::Status {
      auto said = AnswerOnce(transaction, request, clock_.Now(), [&]() -> absl::StatusOr<std::string> {
        transaction.OnCommit([&] { ++effects; });
        return std::string{"answer\0", 7} + std::to_string(effects);
      });
      if (said.ok()) answer = *std::move(said);
      return said.status();
    });
    if (!status.ok()) return status;
    return answer;
  };
  const std::string first = run(key).value();
  EXPECT_EQ(run(key).value(), first);
  EXPECT_EQ(effects, 1);
  EXPECT_TRUE(absl::IsAlreadyExists(run({"agent-1", "/Svc/Method", "r1", "another"}).status()));
  EXPECT_NE(run({"agent-2", "/Svc/Method", "r1", "sha"}).value(), first);

  clock_.Move(kRequestMemory + std::chrono::hours{1});
  // The table is swept every so many requests.
  for (int i = 0; i < 600; ++i) ASSERT_TRUE(run({"agent-1", "/Svc/Method", "later" + std::to_string(i), "sha"}).ok());
  EXPECT_NE(run(key).value(), first);
}

TEST_P(StoreTest, AnotherPayloadUnderATakenRequestIdIsRefusedWhateverItsWorkWouldHaveSaid) {
  const auto answer = [&](const std::string& sha, absl::StatusOr<std::string> says) {
    return store_->InTransaction([&](Transaction& transaction) {
      return AnswerOnce(transaction, {"agent-1", "/Svc/Method", "r1", sha}, clock_.Now(), [&] { return says; })
          .status();
    });
  };
  ASSERT_TRUE(answer("sha", "first").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(answer("another", "second")));
  EXPECT_TRUE(absl::IsAlreadyExists(answer("another", absl::NotFoundError("no such case"))));
  EXPECT_TRUE(answer("sha", absl::NotFoundError("what the first took away")).ok()) << "the first answer comes back";
}

TEST_P(StoreTest, TwinRequestsHaveOneEffect) {
  const RequestKey key{"agent-1", "/Svc/Method", "r1", "sha"};
  std::atomic<int> answers{0};
  std::vector<std::thread> twins;
  for (int i = 0; i < 8; ++i) {
    twins.emplace_back([&, i] {
      std::string answer;
      EXPECT_TRUE(store_
                      ->InTransaction([&](Transaction& transaction) -> absl::Status {
                        auto said = AnswerOnce(transaction, key, clock_.Now(), [&]() -> absl::StatusOr<std::string> {
                          transaction.Write("INSERT INTO things (id) VALUES (:1)", {std::to_string(i)});
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
  EXPECT_EQ(Ids().size(), 1u);
  EXPECT_EQ(answers, 8);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreTest, ::testing::Values(testing::Sqlite()), testing::NameOf);

// With one writer, as some of the tests hold it up.
INSTANTIATE_TEST_SUITE_P(Postgres, StoreTest, ::testing::Values(testing::Postgres()), testing::NameOf);

class SqliteStoreTest : public StoreTest {};
INSTANTIATE_TEST_SUITE_P(Sqlite, SqliteStoreTest, ::testing::Values(testing::Sqlite()), testing::NameOf);

TEST_P(SqliteStoreTest, AFullDiskIsUnavailableAndTheStoreGoesOn) {
  ASSERT_TRUE(Insert("before").ok());
  const auto limit_pages = [&](const std::string& pages) {
    return store_->InTransaction([&](Transaction& transaction) {
      transaction.Query("PRAGMA max_page_count = " + pages);
      return absl::OkStatus();
    });
  };
  ASSERT_TRUE(limit_pages("60").ok());
  const absl::Status full = store_->InTransaction([](Transaction& transaction) {
    transaction.Execute("INSERT INTO things (id, note) VALUES (:1, :2)", {"big", std::string(1'000'000, 'x')});
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsUnavailable(full)) << full;
  ASSERT_TRUE(limit_pages("100000").ok());
  EXPECT_TRUE(Insert("after").ok());
  EXPECT_THAT(Ids(), ElementsAre("after", "before"));
}

}  // namespace
}  // namespace hotline::platform
