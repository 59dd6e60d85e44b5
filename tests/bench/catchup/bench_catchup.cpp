// A consumer that was stopped and has a million events to catch up with, beside librdkafka alone. See
// tests/bench/README.md.
#include <hotline/intake/v1/intake_events.pb.h>

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/support/measure.h"
#include "contract/platform_testing.h"
#include "platform/bus/consumer.h"
#include "platform/bus/kafka_bus.h"
#include "platform/bus/topics.h"
#include "platform/ids.h"
#include "platform/store/outbox.h"
#include "platform/store/postgres_store.h"
#include "platform/store/sqlite_store.h"
#include "support/kafka_broker.h"
#include "support/postgres_server.h"

namespace hotline::bench {
namespace {

using platform::Event;
using platform::Transaction;

constexpr int kRounds = 5;
constexpr std::size_t kAtOnce = 2000;
constexpr int kTurns = 20;  // Of a call: events of one key.
constexpr std::chrono::seconds kLongest{600};
constexpr std::chrono::seconds kEffectTime{10};
constexpr std::chrono::milliseconds kLook{5};
constexpr const char* kPrefix = "bench.";

constexpr platform::Migration kTurnTable[] = {
    {1, "turns",
     "CREATE TABLE bench_turns (call_id TEXT NOT NULL, turn BIGINT NOT NULL, text TEXT NOT NULL, "
     "PRIMARY KEY (call_id, turn));",
     "DROP TABLE bench_turns;"}};

std::int64_t Events() {
  const char* const wanted = std::getenv("EVENTS");
  return wanted == nullptr ? 1'000'000 : std::atoll(wanted);
}

/// Turns of calls, in order, sealed as they travel.
void Fill(platform::Bus& bus, const platform::Sealer& sealer, std::int64_t count) {
  const platform::WallClock clock;
  intake::v1::TurnAppended turn;
  turn.set_site("yunzhou");
  for (int i = 0; i < 40; ++i) turn.mutable_text()->append("路");
  std::vector<Event> events;
  for (std::int64_t i = 0; i < count; ++i) {
    // Calls take turns, kAtOnce / kTurns of them at a time.
    const std::int64_t group = i / static_cast<std::int64_t>(kAtOnce);
    const std::int64_t in_group = i % static_cast<std::int64_t>(kAtOnce);
    const std::int64_t calls = static_cast<std::int64_t>(kAtOnce) / kTurns;
    turn.set_call_id("call-" + std::to_string(group * calls + in_group % calls));
    turn.set_turn(static_cast<int>(in_group / calls) + 1);
    Event event{.id = platform::NewUlid(clock.Now()),
                .source = "hotline/intake",
                .type = turn.GetTypeName(),
                .key = "yunzhou/" + turn.call_id(),
                .sequence = static_cast<std::uint64_t>(turn.turn()),
                .time = clock.Now(),
                .trace_parent = "",
                .payload = ""};
    event.payload = sealer.Seal(turn.SerializeAsString(), platform::SealContext(event));
    events.push_back(std::move(event));
    if (events.size() < kAtOnce && i + 1 < count) continue;
    const absl::Status appended =
        bus.Append(platform::kCallsTopic, events, steady_clock::now() + std::chrono::seconds{60});
    if (!appended.ok()) throw std::runtime_error{std::string{appended.message()}};
    events.clear();
  }
}

/// What both do with an event: opened and parsed.
bool Parse(const platform::Sealer& sealer, std::string_view sealed, const std::string& context) {
  const auto payload = sealer.Unseal(sealed, context);
  intake::v1::TurnAppended turn;
  return payload.ok() && turn.ParseFromString(*payload) && turn.turn() > 0;
}

std::string Header(const rd_kafka_headers_t* headers, const char* name) {
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_header_get_last(headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return {static_cast<const char*>(value), size};
}

/// Events a second, librdkafka alone: a consumer in a group of its own, each message opened and parsed.
double Bare(const std::string& broker, const platform::Sealer& sealer, std::int64_t count, int round) {
  std::array<char, 512> why{};
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  const std::string group = "bare" + std::to_string(round);
  for (const auto& [name, value] : {std::pair{"bootstrap.servers", broker.c_str()},
                                    {"group.id", group.c_str()},
                                    {"auto.offset.reset", "earliest"}}) {
    rd_kafka_conf_set(conf, name, value, why.data(), why.size());
  }
  rd_kafka_t* const client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why.data(), why.size());
  if (client == nullptr) throw std::runtime_error{why.data()};
  rd_kafka_poll_set_consumer(client);
  rd_kafka_topic_partition_list_t* const topics = rd_kafka_topic_partition_list_new(1);
  const std::string topic = kPrefix + std::string{platform::kCallsTopic};
  rd_kafka_topic_partition_list_add(topics, topic.c_str(), RD_KAFKA_PARTITION_UA);
  rd_kafka_subscribe(client, topics);
  rd_kafka_topic_partition_list_destroy(topics);
  steady_clock::time_point first;
  std::int64_t parsed = 0;
  while (parsed < count) {
    rd_kafka_message_t* const message = rd_kafka_consumer_poll(client, 1000);
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (parsed == 0) first = steady_clock::now();
      rd_kafka_headers_t* headers = nullptr;
      rd_kafka_message_headers(message, &headers);
      const std::string context = Header(headers, "ce_id") + " " + Header(headers, "ce_type");
      if (!Parse(sealer, {static_cast<const char*>(message->payload), message->len}, context)) {
        throw std::runtime_error{"an event that cannot be read"};
      }
      ++parsed;
    }
    rd_kafka_message_destroy(message);
  }
  const double rate = static_cast<double>(count) / Seconds(first);
  rd_kafka_consumer_close(client);
  rd_kafka_destroy(client);
  return rate;
}

/// From the first event on: joining a group takes its time.
class Meter {
 public:
  void Count(std::int64_t events) {
    if (count_.load() == 0) first_ = steady_clock::now();
    count_ += events;
  }
  /// Events a second until `wanted` have come, or for `time`.
  double Await(std::int64_t wanted, std::chrono::seconds time) const {
    const auto patience = steady_clock::now() + kLongest;
    while (count_.load() == 0) Look(patience);
    const auto end = steady_clock::now() + time;
    while (count_.load() < wanted && steady_clock::now() < end) Look(patience);
    return static_cast<double>(count_.load()) / Seconds(first_);
  }

 private:
  static void Look(steady_clock::time_point patience) {
    if (steady_clock::now() > patience) throw std::runtime_error{"the events do not come"};
    std::this_thread::sleep_for(kLook);
  }

  std::atomic<std::int64_t> count_ = 0;
  steady_clock::time_point first_;
};

/// The bus alone: each event opened and parsed in the handler.
double ThroughTheBus(const std::string& broker, const platform::Sealer& sealer, std::int64_t count, int round) {
  const auto bus = platform::OpenKafkaBus({.servers = broker, .topic_prefix = kPrefix, .instance = "", .options = {}});
  Meter meter;
  const auto subscription = bus->Consume(
      platform::kCallsTopic, "bus" + std::to_string(round), [&](std::span<const platform::Delivery> deliveries) {
        for (const platform::Delivery& delivery : deliveries) {
          if (!Parse(sealer, delivery.event.payload, platform::SealContext(delivery.event))) {
            return absl::InternalError("an event that cannot be read");
          }
        }
        meter.Count(static_cast<std::int64_t>(deliveries.size()));
        return absl::OkStatus();
      });
  const double rate = meter.Await(count, kLongest);
  subscription->Stop();
  return rate;
}

/// The whole way: order, inbox and a row of effect, durably.
double IntoAStore(platform::Store& store, const std::string& broker, const platform::Sealer& sealer,
                  platform::Metrics& metrics, const std::string& group) {
  const auto bus = platform::OpenKafkaBus({.servers = broker, .topic_prefix = kPrefix, .instance = "", .options = {}});
  Meter meter;
  const auto subscription = platform::ConsumeInto(
      store, *bus, sealer, metrics, platform::kCallsTopic, group, [&](Transaction& tx, const Event& event) {
        intake::v1::TurnAppended turn;
        if (!turn.ParseFromString(event.payload)) return absl::InvalidArgumentError("no turn");
        tx.Write("INSERT INTO bench_turns (call_id, turn, text) VALUES (:1, :2, :3)",
                 {group + turn.call_id(), std::int64_t{turn.turn()}, turn.text()});
        tx.OnCommit([&meter] { meter.Count(1); });
        return absl::OkStatus();
      });
  const double rate = meter.Await(Events(), kEffectTime);
  subscription->Stop();
  return rate;
}

/// Patient: a busy machine takes its time.
void Start(tests::KafkaBroker& broker) {
  for (int tries = 1;; ++tries) {
    try {
      return broker.Start();
    } catch (const std::runtime_error&) {
      if (tries == 3) throw;
      broker.Kill();
    }
  }
}

int Main() {
  const platform::testing::TemporaryFolder folder;
  const platform::WallClock clock;
  const auto sealer = platform::Sealer::Open(folder / "keyring.json").value();
  const auto metrics = platform::MakeMetrics("");
  tests::KafkaBroker broker{folder / "kafka"};
  Start(broker);
  const std::int64_t count = Events();
  {
    const auto bus =
        platform::OpenKafkaBus({.servers = broker.address(), .topic_prefix = kPrefix, .instance = "", .options = {}});
    Fill(*bus, *sealer, count);
  }
  std::printf("%lld events of a sealed turn wait\n", static_cast<long long>(count));
  std::fflush(stdout);
  platform::StoreOptions options{.source = "hotline/bench", .sealer = *sealer, .clock = clock};
  const auto embedded = platform::OpenSqliteStore(folder / "bench.db", options);
  options.writers = 4;
  const auto postgres = platform::OpenPostgresStore(tests::SharedPostgres().where(), "bench", options);
  for (platform::Store* const store : {embedded.get(), postgres.get()}) {
    if (const absl::Status migrated = store->Migrate(kTurnTable); !migrated.ok()) {
      throw std::runtime_error{std::string{migrated.message()}};
    }
  }
  Rounds rounds{{"librdkafka", "bus", "into SQLite", "into PostgreSQL", "fdatasync ms"}};
  for (int round = 0; round < kRounds; ++round) {
    const std::string number = std::to_string(round);
    const double bare = Bare(broker.address(), *sealer, count, round);
    const double bus = ThroughTheBus(broker.address(), *sealer, count, round);
    const double light = IntoAStore(*embedded, broker.address(), *sealer, *metrics, "light" + number);
    const double heavy = IntoAStore(*postgres, broker.address(), *sealer, *metrics, "heavy" + number);
    rounds.Add({bare, bus, light, heavy, MedianSyncMs(folder.path())});
  }
  rounds.PrintMedians();
  for (const auto& [what, subject] : {std::pair{"the bus, of librdkafka", 1},
                                      {"into SQLite, of librdkafka", 2},
                                      {"into PostgreSQL, of librdkafka", 3}}) {
    std::printf("%-40s %6.3f  (goal 0.5)\n", what,
                rounds.MedianOf(static_cast<std::size_t>(subject)) / rounds.MedianOf(0));
  }
  return 0;
}

}  // namespace
}  // namespace hotline::bench

int main() { return hotline::bench::Main(); }
