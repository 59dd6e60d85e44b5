#pragma once

#include <memory>
#include <string>
#include <vector>

#include "contract/platform_testing.h"
#include "platform/bus/consumer.h"
#include "platform/bus/embedded_bus.h"
#include "platform/bus/outbox_relay.h"
#include "platform/bus/topics.h"
#include "platform/store/outbox.h"
#include "platform/store/sqlite_store.h"

namespace hotline::platform::testing {

/// Two stores with a bus between them: a producer's and a consumer's, with a table of effects.
class DeliveryTest : public ::testing::Test {
 protected:
  static constexpr Migration kEffects[] = {
      {1, "effects",
       "CREATE TABLE effects (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_key TEXT NOT NULL, "
       "sequence BIGINT NOT NULL, payload TEXT NOT NULL);",
       "DROP TABLE effects;"}};

  void SetUp() override {
    sealer_ = Sealer::Open(folder_ / "keyring.json").value();
    producer_ = OpenStore("producer");
    consumer_ = OpenStore("consumer");
    ASSERT_TRUE(consumer_->Migrate(kEffects).ok());
    bus_ = OpenEmbeddedBus(folder_ / "bus.db", {.clock = clock_});
  }

  std::unique_ptr<Store> OpenStore(const std::string& name) {
    return OpenSqliteStore(folder_ / (name + ".db"),
                           {.source = "hotline/" + name, .sealer = *sealer_, .clock = clock_});
  }

  void Publish(const std::string& key, const std::string& payload) {
    ASSERT_TRUE(producer_
                    ->InTransaction([&](Transaction& transaction) {
                      transaction.Publish(kCallsTopic, {.type = "t", .key = key, .payload = payload});
                      return absl::OkStatus();
                    })
                    .ok());
  }

  /// An event as the relay of another store would send it.
  Event Sealed(const std::string& id, const std::string& key, std::uint64_t sequence, const std::string& payload) {
    Event event = MakeEvent(id, key, sequence);
    event.payload = sealer_->Seal(payload, SealContext(event));
    return event;
  }
  void Append(const std::vector<Event>& events) { ASSERT_TRUE(bus_->Append(kCallsTopic, events, Soon()).ok()); }

  std::int64_t OutboxSize() {
    std::int64_t size = 0;
    EXPECT_TRUE(producer_
                    ->Read([&](Session& session) {
                      size = Outbox::Size(session);
                      return absl::OkStatus();
                    })
                    .ok());
    return size;
  }

  /// Writes the event down.
  static absl::Status WriteEffect(Transaction& transaction, const Event& event) {
    transaction.Execute("INSERT INTO effects (event_key, sequence, payload) VALUES (:1, :2, :3)",
                        {event.key, static_cast<std::int64_t>(event.sequence), event.payload});
    return absl::OkStatus();
  }
  std::vector<std::string> Effects(const std::string& key) {
    std::vector<std::string> payloads;
    EXPECT_TRUE(consumer_
                    ->Read([&](Session& session) {
                      for (const Row& row :
                           session.Query("SELECT payload FROM effects WHERE event_key = :1 ORDER BY id", {key})) {
                        payloads.push_back(row.Text(0));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    return payloads;
  }

  TemporaryFolder folder_;
  FakeClock clock_;
  CountingMetrics metrics_;
  std::unique_ptr<Sealer> sealer_;
  std::unique_ptr<Store> producer_;
  std::unique_ptr<Store> consumer_;
  std::unique_ptr<Bus> bus_;
};

}  // namespace hotline::platform::testing
