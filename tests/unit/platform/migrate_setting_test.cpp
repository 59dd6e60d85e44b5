// The setting migrate: who brings schemas up, and which ones a process serves on.
#include <functional>

#include <gmock/gmock.h>

#include "platform/bus/topics.h"
#include "platform/store/store.h"
#include "rpc_desk.h"

namespace hotline::platform {
namespace {

using ::testing::HasSubstr;

constexpr Migration kGrowing[] = {{1, "first", "CREATE TABLE one (id BIGINT)", "DROP TABLE one"},
                                  {2, "second", "CREATE TABLE two (id BIGINT)", "DROP TABLE two"}};

/// A service with a schema and nothing else; `started` sees its store.
class Keeper final : public Module {
 public:
  Keeper(Resources& resources, std::size_t migrations, const std::function<void(Store&)>& started)
      : store_{resources.store}, started_{started} {
    const absl::Status migrated = store_.Migrate(std::span<const Migration>{kGrowing}.first(migrations));
    if (!migrated.ok()) throw std::runtime_error{std::string{migrated.message()}};
  }
  void Register(grpc::ServerBuilder&) override {}
  void Start() override {
    if (started_) started_(store_);
  }
  void Stop() override {}

 private:
  Store& store_;
  const std::function<void(Store&)> started_;
};

class MigrateSettingTest : public DeskTest {
 protected:
  /// A program that knows so many migrations.
  static std::vector<ModuleFactory> Knowing(std::size_t migrations, std::function<void(Store&)> started = nullptr) {
    return {{"keeper", [=](Resources& resources) { return std::make_unique<Keeper>(resources, migrations, started); },
             std::span<const Migration>{kGrowing}.first(migrations)}};
  }
  absl::Status Migrate(std::size_t migrations) {
    return Process::Migrate(MakeConfig({}), Knowing(migrations), std::nullopt);
  }
  absl::Status Serve(std::string migrate, std::size_t migrations, std::function<void(Store&)> started = nullptr) {
    // Its bus is away: what is in an outbox stays there.
    return Process::Start(
               MakeConfig({{"migrate", std::move(migrate)}, {"kafka", "127.0.0.1:1"}, {"stop_grace", "1ms"}}),
               Knowing(migrations, std::move(started)))
        .status();
  }
};

TEST_F(MigrateSettingTest, ServesOnlyOnASchemaThatIsUp) {
  EXPECT_THAT(Serve("check", 1).message(), HasSubstr("the command migrate"));
  ASSERT_TRUE(Migrate(1).ok());
  EXPECT_TRUE(Serve("check", 1).ok());
  EXPECT_THAT(Serve("check", 2).message(), HasSubstr("the service schema is at 1, this program needs 2"));
  ASSERT_TRUE(Migrate(2).ok());
  EXPECT_TRUE(Serve("check", 2).ok());
}

TEST_F(MigrateSettingTest, AnOlderProgramServesOnASchemaThatHasGrown) {
  ASSERT_TRUE(Migrate(2).ok());
  EXPECT_TRUE(Serve("check", 1).ok());
  EXPECT_THAT(Serve("start", 1).message(), HasSubstr("newer than this program"));
}

// The Job that migrates may know no Kafka: its embedded log must not swallow what is on its way there.
TEST_F(MigrateSettingTest, OnlyMigratingSendsNothing) {
  const auto publish = [](Store& store) {
    ASSERT_TRUE(store
                    .InTransaction([](Transaction& transaction) {
                      transaction.Publish(kCallsTopic, {.type = "t", .key = "k", .payload = "p"});
                      return absl::OkStatus();
                    })
                    .ok());
  };
  ASSERT_TRUE(Serve("start", 1, publish).ok());
  ASSERT_TRUE(Migrate(1).ok());
  std::int64_t waiting = -1;
  ASSERT_TRUE(Serve("check", 1, [&](Store& store) {
                ASSERT_TRUE(store
                                .Read([&](Session& session) {
                                  waiting = session.Query("SELECT count(*) FROM outbox").front().Int(0);
                                  return absl::OkStatus();
                                })
                                .ok());
              }).ok());
  EXPECT_EQ(waiting, 1);
}

}  // namespace
}  // namespace hotline::platform
