#include "bench/alerts/bare_chain.h"

#include <libpq-fe.h>
#include <librdkafka/rdkafka.h>

#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <utility>

namespace hotline::bench {
namespace {

constexpr std::size_t kBodyBytes = 600;
constexpr int kPollMs = 100;
constexpr int kTopicMs = 30'000;

using Properties = std::vector<std::pair<const char*, std::string>>;

rd_kafka_t* Client(rd_kafka_type_t type, const Properties& properties) {
  std::array<char, 512> why{};
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf, name, value.c_str(), why.data(), why.size()) != RD_KAFKA_CONF_OK) {
      throw std::runtime_error{why.data()};
    }
  }
  rd_kafka_t* const client = rd_kafka_new(type, conf, why.data(), why.size());
  if (client == nullptr) throw std::runtime_error{why.data()};
  return client;
}

}  // namespace

/// Rows of one connection, a commit each.
class BareChain::Table {
 public:
  Table(const std::string& where, const std::string& name)
      : connection_{PQconnectdb((where + " options='-c client_min_messages=warning'").c_str())} {
    Run("CREATE TABLE IF NOT EXISTS " + name + " (id TEXT PRIMARY KEY, body TEXT NOT NULL)");
    PQclear(PQprepare(connection_, "add", ("INSERT INTO " + name + " VALUES ($1, $2)").c_str(), 2, nullptr));
  }
  ~Table() { PQfinish(connection_); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  void Add(const std::string& id) {
    const std::array<const char*, 2> values{id.c_str(), body_.c_str()};
    PGresult* const result = PQexecPrepared(connection_, "add", 2, values.data(), nullptr, nullptr, 0);
    const bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    if (!done) throw std::runtime_error{PQerrorMessage(connection_)};
  }

 private:
  void Run(const std::string& sql) {
    PGresult* const result = PQexec(connection_, sql.c_str());
    const bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    if (!done) throw std::runtime_error{PQerrorMessage(connection_)};
  }

  PGconn* const connection_;
  const std::string body_ = std::string(kBodyBytes, 'x');
};

/// Idempotent, acknowledged by all, without a wait for more.
class BareChain::Producer {
 public:
  explicit Producer(const std::string& broker)
      : client_{Client(RD_KAFKA_PRODUCER,
                       {{"bootstrap.servers", broker}, {"enable.idempotence", "true"}, {"linger.ms", "0"}})},
        thread_{[this] {
          while (!stopping_) rd_kafka_poll(client_, kPollMs);
        }} {}
  ~Producer() {
    stopping_ = true;
    thread_.join();
    rd_kafka_destroy(client_);
  }
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  void MakeTopic(const std::string& topic) {
    constexpr int kPartitions = 16;
    rd_kafka_NewTopic_t* made = rd_kafka_NewTopic_new(topic.c_str(), kPartitions, 1, nullptr, 0);
    rd_kafka_queue_t* const queue = rd_kafka_queue_new(client_);
    rd_kafka_CreateTopics(client_, &made, 1, nullptr, queue);
    rd_kafka_event_t* const event = rd_kafka_queue_poll(queue, kTopicMs);
    const bool done = event != nullptr && rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_NewTopic_destroy(made);
    if (!done) throw std::runtime_error{"no topic " + topic};
  }

  void Send(const std::string& topic, const std::string& id) {
    const std::string body(kBodyBytes, 'x');
    rd_kafka_producev(client_, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_KEY(id.data(), id.size()),
                      RD_KAFKA_V_VALUE(const_cast<char*>(body.data()), body.size()),
                      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
  }

 private:
  rd_kafka_t* const client_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

/// A message in, a commit, what comes then.
class BareChain::Hop {
 public:
  Hop(const std::string& where, const std::string& broker, const std::string& topic,
      std::function<void(const std::string& id)> then)
      : table_{where, topic},
        then_{std::move(then)},
        client_{Client(RD_KAFKA_CONSUMER,
                       {{"bootstrap.servers", broker}, {"group.id", topic}, {"auto.offset.reset", "earliest"}})} {
    rd_kafka_poll_set_consumer(client_);
    rd_kafka_topic_partition_list_t* const topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, topic.c_str(), RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(client_, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    thread_ = std::thread{[this] { Run(); }};
  }
  ~Hop() {
    stopping_ = true;
    thread_.join();
    rd_kafka_consumer_close(client_);
    rd_kafka_destroy(client_);
  }
  Hop(const Hop&) = delete;
  Hop& operator=(const Hop&) = delete;

 private:
  void Run() {
    while (!stopping_) {
      rd_kafka_message_t* const message = rd_kafka_consumer_poll(client_, kPollMs);
      if (message == nullptr) continue;
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const std::string id{static_cast<const char*>(message->key), message->key_len};
        table_.Add(id);
        then_(id);
      }
      rd_kafka_message_destroy(message);
    }
  }

  Table table_;
  const std::function<void(const std::string& id)> then_;
  rd_kafka_t* const client_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

BareChain::BareChain(const std::string& where, const std::string& broker, const std::string& name, int hops,
                     std::function<void(const std::string& id)> arrived)
    : first_topic_{name + "_2"}, producer_{std::make_unique<Producer>(broker)} {
  for (int i = 0; i < kWriters; ++i) first_.push_back(std::make_unique<Table>(where, name + "_1"));
  for (int hop = 1; hop <= hops; ++hop) {
    const auto topic = [&](int number) { return name + "_" + std::to_string(number + 1); };
    std::function<void(const std::string& id)> then = arrived;
    if (hop < hops) then = [this, next = topic(hop + 1)](const std::string& id) { producer_->Send(next, id); };
    producer_->MakeTopic(topic(hop));
    hops_.push_back(std::make_unique<Hop>(where, broker, topic(hop), std::move(then)));
  }
}

BareChain::~BareChain() { hops_.clear(); }

void BareChain::Begin(const std::string& id, int writer) {
  first_[static_cast<std::size_t>(writer)]->Add(id);
  producer_->Send(first_topic_, id);
}

}  // namespace hotline::bench
