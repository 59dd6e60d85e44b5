// SIGKILL at random moments, again and again: what was acknowledged is stored, and every stored event takes effect
// once.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>
#include <set>

#include "contract/platform_testing.h"
#include "platform/bus/consumer.h"
#include "platform/bus/dead_letters.h"
#include "platform/bus/embedded_bus.h"
#include "platform/bus/outbox_relay.h"
#include "platform/bus/topics.h"
#include "platform/ids.h"
#include "platform/store/sqlite_store.h"

namespace hotline::platform {
namespace {

constexpr const char* kFolderVariable = "HOTLINE_CRASH_TEST_FOLDER";

constexpr Migration kWritten[] = {
    {1, "written", "CREATE TABLE written (id TEXT PRIMARY KEY, event_key TEXT NOT NULL);", "DROP TABLE written;"}};
constexpr Migration kEffects[] = {
    {1, "effects",
     "CREATE TABLE effects (number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_key TEXT NOT NULL, "
     "sequence BIGINT NOT NULL, id TEXT NOT NULL);",
     "DROP TABLE effects;"}};

/// A producer, a bus and a consumer, on the files of one folder.
class Works {
 public:
  explicit Works(const std::filesystem::path& folder)
      : sealer_{Sealer::Open(folder / "keyring.json").value()},
        producer{OpenSqliteStore(folder / "producer.db", {.source = "hotline/p", .sealer = *sealer_, .clock = clock_})},
        consumer{OpenSqliteStore(folder / "consumer.db", {.source = "hotline/c", .sealer = *sealer_, .clock = clock_})},
        bus{OpenEmbeddedBus(folder / "bus.db", {.clock = clock_})} {
    if (!producer->Migrate(kWritten).ok() || !consumer->Migrate(kEffects).ok()) throw std::runtime_error{"migration"};
    relay_ = std::make_unique<OutboxRelay>(*producer, *bus, metrics_);
    subscription_ = ConsumeInto(
        *consumer, *bus, *sealer_, metrics_, kCallsTopic, "group", [](Transaction& transaction, const Event& event) {
          transaction.Execute("INSERT INTO effects (event_key, sequence, id) VALUES (:1, :2, :3)",
                              {event.key, static_cast<std::int64_t>(event.sequence), event.payload});
          return absl::OkStatus();
        });
  }
  ~Works() {
    subscription_.reset();
    relay_.reset();
  }

  absl::Status Write(const std::string& id, const std::string& key) {
    return producer->InTransaction([&](Transaction& transaction) {
      transaction.Execute("INSERT INTO written (id, event_key) VALUES (:1, :2)", {id, key});
      transaction.Publish(kCallsTopic, {.type = "t", .key = key, .payload = id});
      return absl::OkStatus();
    });
  }

  void Drain() {
    relay_->Stop(testing::Soon());
    ASSERT_TRUE(testing::Eventually([&] { return bus->Lag(kCallsTopic, "group").value() == 0; }));
  }

 private:
  WallClock clock_;
  testing::CountingMetrics metrics_;
  std::unique_ptr<Sealer> sealer_;

 public:
  std::unique_ptr<Store> producer;
  std::unique_ptr<Store> consumer;
  std::unique_ptr<Bus> bus;

 private:
  std::unique_ptr<OutboxRelay> relay_;
  std::unique_ptr<Subscription> subscription_;
};

/// Writes from four threads until it is killed; each acknowledged id goes to a file at once.
TEST(CrashChild, DISABLED_WritesUntilItIsKilled) {
  const char* folder = std::getenv(kFolderVariable);
  ASSERT_NE(folder, nullptr);
  Works works{folder};
  const int acknowledged = open((std::string{folder} + "/acknowledged").c_str(), O_WRONLY | O_APPEND | O_CREAT, 0600);
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0;; ++i) {
        const std::string id = NewUlid(WallClock{}.Now());
        if (!works.Write(id, "bj/" + std::to_string((i + writer) % 7)).ok()) continue;
        const std::string line = id + "\n";
        if (write(acknowledged, line.data(), line.size()) < 0) abort();
      }
    });
  }
  for (auto& writer : writers) writer.join();
}

pid_t StartChild(const std::filesystem::path& folder) {
  const pid_t child = fork();
  if (child != 0) return child;
  setenv(kFolderVariable, folder.c_str(), 1);
  setenv("HOTLINE_LOG_FORMAT", "json", 1);
  execl("/proc/self/exe", "contract", "--gtest_filter=CrashChild.*", "--gtest_also_run_disabled_tests",
        "--gtest_brief=1", static_cast<char*>(nullptr));
  _exit(127);
}

std::vector<std::string> Lines(const std::filesystem::path& file) {
  std::vector<std::string> lines;
  std::ifstream stream{file};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<Row> All(Store& store, std::string_view sql) {
  std::vector<Row> rows;
  EXPECT_TRUE(store
                  .Read([&](Session& session) {
                    rows = session.Query(sql);
                    return absl::OkStatus();
                  })
                  .ok());
  return rows;
}

TEST(CrashTest, LosesNothingAndDoublesNothing) {
  constexpr int kKills = 25;
  testing::TemporaryFolder folder;
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  for (int kill_number = 0; kill_number < kKills; ++kill_number) {
    const std::size_t before = Lines(folder / "acknowledged").size();
    const pid_t child = StartChild(folder.path());
    ASSERT_GT(child, 0);
    EXPECT_TRUE(testing::Eventually([&] { return Lines(folder / "acknowledged").size() > before; }));
    std::this_thread::sleep_for(std::chrono::microseconds{random() % 150'000});  // The random moment itself.
    ASSERT_EQ(kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
  }

  Works works{folder.path()};
  works.Drain();
  std::set<std::string> stored;
  for (const Row& row : All(*works.producer, "SELECT id FROM written")) stored.insert(row.Text(0));
  const std::vector<std::string> acknowledged = Lines(folder / "acknowledged");
  for (const std::string& id : acknowledged) EXPECT_TRUE(stored.contains(id)) << "lost " << id;

  std::map<std::string, std::int64_t> last;
  std::set<std::string> effects;
  for (const Row& row : All(*works.consumer, "SELECT event_key, sequence, id FROM effects ORDER BY number")) {
    EXPECT_EQ(row.Int(1), ++last[row.Text(0)]);
    EXPECT_TRUE(effects.insert(row.Text(2)).second) << "doubled " << row.Text(2);
  }
  EXPECT_EQ(effects, stored);
  EXPECT_TRUE(All(*works.producer, "SELECT id FROM outbox").empty());
  EXPECT_TRUE(ListDeadLetters(*works.consumer, 10).value().empty());
  RecordProperty("acknowledged", static_cast<int>(acknowledged.size()));
  RecordProperty("stored", static_cast<int>(stored.size()));
  std::printf("%d kills, %zu acknowledged, %zu stored, %zu effects\n", kKills, acknowledged.size(), stored.size(),
              effects.size());
}

}  // namespace
}  // namespace hotline::platform
