// Durable transactions a second, 64 in flight: a case, its event in the outbox and its request id, in the embedded
// store, in PostgreSQL, and as bare SQL by pgbench on the same server. See README.md.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <vector>

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

double Seconds(steady_clock::time_point since) {
  return std::chrono::duration<double>(steady_clock::now() - since).count();
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double MedianSyncMs(const std::filesystem::path& folder) {
  const int file = open((folder / "sync").c_str(), O_WRONLY | O_CREAT, 0600);
  const std::string page(4096, 'x');
  std::vector<double> times;
  for (int i = 0; i < 300; ++i) {
    if (write(file, page.data(), page.size()) != 4096) throw std::runtime_error{"write"};
    const auto start = steady_clock::now();
    if (fdatasync(file) != 0) throw std::runtime_error{"fdatasync"};
    times.push_back(Seconds(start) * 1e3);
  }
  close(file);
  return Median(times);
}

absl::Status FileCase(Transaction& tx, const std::string& id, const Clock& clock) {
  const RequestKey key{"agent", "hotline.intake.v1.FileMessage", id, std::string(64, 'a')};
  auto first = FindOrClaim(tx, key, clock.Now());
  if (!first.ok()) return first.status();
  tx.Execute(
      "INSERT INTO bench_cases (case_no, site, opened_at, state, title, body) VALUES (:1, :2, :3, :4, :5, :6)",
      {id, "yunzhou", clock.Now().time_since_epoch().count(), std::int64_t{1}, "title", std::string(kTextBytes, 'x')});
  tx.Publish(kCasesTopic, {.type = "t", .key = "yunzhou/" + id, .payload = std::string(kTextBytes, 'x')});
  Remember(tx, key, id);
  return absl::OkStatus();
}

/// Transactions a second for one round, always kInFlight of them submitted.
double Load(Store& store, const Clock& clock, const std::string& round) {
  std::counting_semaphore<kInFlight> free{kInFlight};
  std::atomic<int> done{0};
  const auto start = steady_clock::now();
  for (int i = 0; Seconds(start) < std::chrono::duration<double>(kRound).count(); ++i) {
    free.acquire();
    store.Submit([&clock, id = round + std::to_string(i)](Transaction& tx) { return FileCase(tx, id, clock); },
                 steady_clock::now() + std::chrono::seconds{30},
                 [&](const absl::Status& status) {
                   if (status.ok()) ++done;
                   free.release();
                 });
  }
  for (int i = 0; i < kInFlight; ++i) free.acquire();
  return done / Seconds(start);
}

/// The same rows by prepared SQL, a transaction each, from as many clients.
double Pgbench(const tests::PostgresServer& server, const std::string& schema, const std::filesystem::path& folder,
               int round) {
  const std::string script = folder / "pgbench.sql";
  const std::string text = "repeat('x', " + std::to_string(kTextBytes) + ")";
  const std::string payload = "repeat('x', " + std::to_string(kTextBytes * 4 / 3 + 60) + ")";
  std::ofstream{script} << "\\set id random(1, 9000000000000000)\n"
                        << "BEGIN;\n"
                        << "INSERT INTO " << schema
                        << ".requests (actor, method, request_id, payload_sha256, claimed_at) VALUES "
                        << "('agent', 'm" << round
                        << "', :id, repeat('a', 64), 1772500000000) ON CONFLICT DO NOTHING;\n"
                        << "INSERT INTO " << schema << ".bench_cases VALUES ('b" << round
                        << "-' || :id, 'yunzhou', 1, 1, 'title', " << text << ") ON CONFLICT DO NOTHING;\n"
                        << "INSERT INTO " << schema
                        << ".outbox_sequences (topic, event_key, last_sequence) VALUES ('c', 'b" << round
                        << "-' || :id, 1) ON CONFLICT (topic, event_key) DO UPDATE SET last_sequence = "
                        << "outbox_sequences.last_sequence + 1 RETURNING last_sequence;\n"
                        << "INSERT INTO " << schema
                        << ".outbox (topic, source, event_id, event_type, event_key, sequence, event_time, "
                        << "trace_parent, payload) VALUES ('c', 's', :id, 't', :id, 1, 1, '', " << payload << ");\n"
                        << "UPDATE " << schema << ".requests SET response = :id WHERE actor = 'agent' AND method = 'm"
                        << round << "' AND request_id = '' || :id;\n"
                        << "COMMIT;\n";
  const std::string command = "/usr/lib/postgresql/*/bin/pgbench -n -M prepared -c " + std::to_string(kInFlight) +
                              " -j 2 -T " + std::to_string(kRound.count()) + " -f '" + script + "' -h 127.0.0.1 -p " +
                              std::to_string(server.port()) + " -U hotline postgres 2>&1";
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error{"pgbench"};
  std::string output;
  for (std::array<char, 256> line{}; fgets(line.data(), line.size(), pipe) != nullptr;) output += line.data();
  pclose(pipe);
  const auto at = output.find("tps = ");
  if (at == std::string::npos) throw std::runtime_error{output};
  return std::strtod(output.c_str() + at + 6, nullptr);
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
  std::array<std::vector<double>, 4> figures;
  std::printf("%-8s %12s %12s %12s %14s\n", "round", "embedded/s", "postgres/s", "pgbench/s", "fdatasync ms");
  for (int round = 1; round <= kRounds; ++round) {
    const std::string name = std::to_string(round) + "-";
    figures[0].push_back(Load(*embedded, clock, name));
    figures[1].push_back(Load(*postgres, clock, name));
    figures[2].push_back(Pgbench(server, "bench", folder.path(), round));
    figures[3].push_back(MedianSyncMs(folder.path()));
    std::printf("%-8d %12.0f %12.0f %12.0f %14.3f\n", round, figures[0].back(), figures[1].back(), figures[2].back(),
                figures[3].back());
    std::fflush(stdout);
  }
  const double sync = Median(figures[3]);
  std::printf("%-8s %12.0f %12.0f %12.0f %14.3f\n", "median", Median(figures[0]), Median(figures[1]),
              Median(figures[2]), sync);
  std::printf("64 / fdatasync %.0f/s; embedded %.2f of it; postgres %.2f of it, %.2f of pgbench\n",
              kInFlight * 1e3 / sync, Median(figures[0]) * sync / (kInFlight * 1e3),
              Median(figures[1]) * sync / (kInFlight * 1e3), Median(figures[1]) / Median(figures[2]));
  return 0;
}

}  // namespace
}  // namespace hotline::platform

int main() { return hotline::platform::Main(); }
