// Figures, not promises: build release, then
//   contract --gtest_also_run_disabled_tests --gtest_filter='Throughput.*'
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "contract/platform_testing.h"
#include "platform/bus/consumer.h"
#include "platform/bus/embedded_bus.h"
#include "platform/bus/outbox_relay.h"
#include "platform/bus/topics.h"
#include "platform/store/outbox.h"
#include "platform/store/sqlite_store.h"

namespace hotline::platform {
namespace {

using std::chrono::steady_clock;
using testing::MakeEvent;
using testing::Soon;

constexpr Migration kSmall[] = {
    {1, "small", "CREATE TABLE small (id BIGINT PRIMARY KEY, text TEXT NOT NULL);", "DROP TABLE small;"}};

double Seconds(steady_clock::time_point since) {
  return std::chrono::duration<double>(steady_clock::now() - since).count();
}

class Throughput : public ::testing::Test {
 protected:
  Throughput() : sealer_{Sealer::Open(folder_ / "keyring.json").value()} {}
  std::unique_ptr<Store> OpenStore(const std::string& name) {
    auto store = OpenSqliteStore(folder_ / name, {.source = "hotline/test", .sealer = *sealer_, .clock = clock_});
    EXPECT_TRUE(store->Migrate(kSmall).ok());
    return store;
  }

  /// The median of one 4 KiB write and fdatasync on this disk.
  double MedianSyncSeconds() {
    const int file = open((folder_ / "sync").c_str(), O_WRONLY | O_CREAT, 0600);
    const std::string page(4096, 'x');
    std::vector<double> times;
    for (int i = 0; i < 500; ++i) {
      EXPECT_EQ(write(file, page.data(), page.size()), 4096);
      const auto start = steady_clock::now();
      EXPECT_EQ(fdatasync(file), 0);
      times.push_back(Seconds(start));
    }
    close(file);
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
  }

  testing::TemporaryFolder folder_;
  WallClock clock_;
  testing::CountingMetrics metrics_;
  std::unique_ptr<Sealer> sealer_;
};

TEST_F(Throughput, DISABLED_SmallTransactions) {
  constexpr int kEach = 1000;
  const double sync = MedianSyncSeconds();
  std::printf("fdatasync %.3f ms\n", sync * 1e3);
  for (const bool publish : {false, true}) {
    for (const int callers : {1, 64}) {
      const auto store = OpenStore(std::to_string(callers) + (publish ? "p.db" : ".db"));
      std::vector<double> latencies(static_cast<std::size_t>(callers * kEach));
      const auto start = steady_clock::now();
      std::vector<std::thread> threads;
      for (int caller = 0; caller < callers; ++caller) {
        threads.emplace_back([&, caller] {
          for (int i = 0; i < kEach; ++i) {
            const std::int64_t id = caller * kEach + i;
            const auto begin = steady_clock::now();
            EXPECT_TRUE(store
                            ->InTransaction([&](Transaction& transaction) {
                              transaction.Execute("INSERT INTO small (id, text) VALUES (:1, :2)", {id, "some text"});
                              if (publish) {
                                transaction.Publish(
                                    kCallsTopic,
                                    {.type = "t", .key = std::to_string(caller), .payload = std::string(300, 'x')});
                              }
                              return absl::OkStatus();
                            })
                            .ok());
            latencies[static_cast<std::size_t>(id)] = Seconds(begin);
          }
        });
      }
      for (auto& thread : threads) thread.join();
      const double rate = callers * kEach / Seconds(start);
      std::sort(latencies.begin(), latencies.end());
      std::printf("%2d callers%s: %.0f transactions/s, p50 %.2f ms, p99 %.2f ms; %d / fdatasync = %.0f/s\n", callers,
                  publish ? " publishing" : "", rate, latencies[latencies.size() / 2] * 1e3,
                  latencies[latencies.size() * 99 / 100] * 1e3, callers, callers / sync);
    }
  }
}

TEST_F(Throughput, DISABLED_Bus) {
  constexpr int kEvents = 100'000;
  const auto bus = OpenEmbeddedBus(folder_ / "bus.db", {.clock = clock_});
  std::vector<Event> batch;
  for (int i = 0; i < 500; ++i) {
    batch.push_back(MakeEvent(std::to_string(i), "bj/" + std::to_string(i % 50)));
    batch.back().payload = std::string(400, 'x');
  }
  auto start = steady_clock::now();
  for (int i = 0; i < kEvents / 500; ++i) ASSERT_TRUE(bus->Append(kCallsTopic, batch, Soon()).ok());
  std::printf("append, batches of 500: %.0f events/s\n", kEvents / Seconds(start));

  std::atomic<int> seen{0};
  start = steady_clock::now();
  const auto subscription = bus->Consume(kCallsTopic, "group", [&](std::span<const Delivery> deliveries) {
    seen += static_cast<int>(deliveries.size());
    return absl::OkStatus();
  });
  ASSERT_TRUE(testing::Eventually([&] { return seen == kEvents; }));
  std::printf("consume: %.0f events/s\n", kEvents / Seconds(start));
}

TEST_F(Throughput, DISABLED_EndToEnd) {
  constexpr int kEvents = 20'000;
  const auto bus = OpenEmbeddedBus(folder_ / "bus.db", {.clock = clock_});
  const auto producer = OpenStore("producer.db");
  const auto consumer = OpenStore("consumer.db");
  OutboxRelay relay{*producer, *bus, metrics_};
  std::atomic<std::int64_t> applied{0};
  const auto subscription = ConsumeInto(
      *consumer, *bus, *sealer_, metrics_, kCallsTopic, "group", [&](Transaction& transaction, const Event& event) {
        transaction.Execute("INSERT INTO small (id, text) VALUES (:1, :2)", {std::stoll(event.payload), "t"});
        transaction.OnCommit([&] { ++applied; });
        return absl::OkStatus();
      });
  const auto publish = [&](int id) {
    return producer->InTransaction([&](Transaction& transaction) {
      transaction.Publish(kCallsTopic,
                          {.type = "t", .key = "bj/" + std::to_string(id % 50), .payload = std::to_string(id)});
      return absl::OkStatus();
    });
  };
  std::vector<double> latencies;
  for (int id = 0; id < 500; ++id) {  // One at a time: from the call to the committed effect.
    const auto start = steady_clock::now();
    ASSERT_TRUE(publish(id).ok());
    while (applied <= id) std::this_thread::yield();
    latencies.push_back(Seconds(start));
  }
  std::sort(latencies.begin(), latencies.end());
  std::printf("publish to committed effect: p50 %.2f ms, p99 %.2f ms\n", latencies[250] * 1e3, latencies[495] * 1e3);

  const auto start = steady_clock::now();
  std::vector<std::thread> threads;
  for (int caller = 0; caller < 64; ++caller) {
    threads.emplace_back([&, caller] {
      for (int id = 500 + caller; id < 500 + kEvents; id += 64) EXPECT_TRUE(publish(id).ok());
    });
  }
  for (auto& thread : threads) thread.join();
  const double published = Seconds(start);
  ASSERT_TRUE(testing::Eventually([&] { return applied == 500 + kEvents; }));
  std::printf("64 publishers: %.0f events/s stored, %.0f events/s through to effects\n", kEvents / published,
              kEvents / Seconds(start));
}

}  // namespace
}  // namespace hotline::platform
