// Durable transactions a second, 64 in flight: a case, its event in the outbox and its request id, in the embedded
// store, in PostgreSQL, and as bare SQL by pgbench on the same server. See tests/bench/README.md.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <semaphore>
#include <stdexcept>
#include <string>

#include "bench/support/measure.h"
#include "bench/support/pgbench.h"
#include "contract/platform_testing.h"
#include "platform/bus/topics.h"
#include "platform/store/postgres_store.h"
#include "platform/store/request_memory.h"
#include "platform/store/sqlite_store.h"
#include "support/postgres_server.h"

namespace hotline::platform {
namespace {

using std::chrono::steady_clock;

constexpr int kInFlight = 64;
constexpr std::chrono::seconds kRound{4};
constexpr int kRounds = 5;
constexpr std::size_t kTextBytes = 600;

constexpr Migration kCases[] = {
    {1, "cases",
     "CREATE TABLE bench_cases (case_no TEXT PRIMARY KEY, site TEXT NOT NULL, opened_at BIGINT NOT NULL, "
     "state BIGINT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL);"
     "CREATE INDEX bench_cases_by_time ON bench_cases (site, opened_at);",
     "DROP TABLE bench_cases;"}};

absl::Status FileCase(Transaction& tx, const std::string& id, const Clock& clock) {
  const RequestKey key{"agent", "hotline.intake.v1.FileMessage", id, std::string(64, 'a')};
  return AnswerOnce(tx, key, clock.Now(),
                    [&]() -> absl::StatusOr<std::string> {
                      tx.Write(
                          "INSERT INTO bench_cases (case_no, site, opened_at, state, title, body) "
                          "VALUES (:1, :2, :3, :4, :5, :6)",
                          {id, "yunzhou", clock.Now().time_since_epoch().count(), std::int64_t{1}, "title",
                           std::string(kTextBytes, 'x')});
                      tx.Publish(kCasesTopic,
                                 {.type = "t", .key = "yunzhou/" + id, .payload = std::string(kTextBytes, 'x')});
                      return id;
                    })
      .status();
}

/// Transactions a second for one round, always kInFlight of them submitted.
double Load(Store& store, const Clock& clock, const std::string& round) {
  std::counting_semaphore<kInFlight> free{kInFlight};
  std::atomic<int> done{0};
  const auto start = steady_clock::now();
  for (int i = 0; bench::Seconds(start) < std::chrono::duration<double>(kRound).count(); ++i) {
    free.acquire();
    store.Submit([&clock, id = round + std::to_string(i)](Transaction& tx) { return FileCase(tx, id, clock); },
                 steady_clock::now() + std::chrono::seconds{30},
                 [&](const absl::Status& status) {
                   if (status.ok()) ++done;
                   free.release();
                 });
  }
  for (int i = 0; i < kInFlight; ++i) free.acquire();
  return done / bench::Seconds(start);
}

int Main() {
  const testing::TemporaryFolder folder;
  const WallClock clock;
  const auto sealer = Sealer::Open(folder / "keyring.json").value();
  const StoreOptions options{.source = "hotline/bench", .sealer = *sealer, .clock = clock};
  StoreOptions pooled = options;
  if (const char* writers = std::getenv("WRITERS"))
    pooled.writers = static_cast<std::size_t>(std::atoi(writers));
  else
    pooled.writers = 4;
  tests::PostgresServer& server = tests::SharedPostgres();
  const auto embedded = OpenSqliteStore(folder / "bench.db", options);
  const auto postgres = OpenPostgresStore(server.where(), "bench", pooled);
  for (Store* const store : {embedded.get(), postgres.get()}) {
    if (const absl::Status migrated = store->Migrate(kCases); !migrated.ok()) {
      throw std::runtime_error{std::string{migrated.message()}};
    }
  }
  const bench::Pgbench pgbench{server, folder.path()};
  bench::Rounds rounds{{"embedded", "postgres", "pgbench", "fdatasync ms"}};
  for (int round = 1; round <= kRounds; ++round) {
    const std::string name = std::to_string(round) + "-";
    const double light = Load(*embedded, clock, name);
    const double heavy = Load(*postgres, clock, name);
    const double bare = pgbench.Run(kInFlight, kRound);
    rounds.Add({light, heavy, bare, bench::MedianSyncMs(folder.path())});
  }
  rounds.PrintMedians();
  const double limit = kInFlight * 1e3 / rounds.MedianOf(3);
  std::printf("64 / fdatasync %.0f/s; embedded %.2f of it; postgres %.2f of it, %.2f of pgbench (goal 1.5)\n", limit,
              rounds.MedianOf(0) / limit, rounds.MedianOf(1) / limit, rounds.MedianOf(1) / rounds.MedianOf(2));
  return 0;
}

}  // namespace
}  // namespace hotline::platform

int main() { return hotline::platform::Main(); }
