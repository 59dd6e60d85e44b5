#include "platform/bus/kafka/producer.h"

#include <condition_variable>
#include <memory>
#include <mutex>

#include "platform/bus/kafka/headers.h"
#include "platform/bus/partitioner.h"
#include "platform/bus/topics.h"

namespace hotline::platform::kafka {
namespace {

constexpr int kPollMilliseconds = 100;
constexpr int kFlushMilliseconds = 2000;

/// Events appended together, until the last report of them has come: maybe after their caller gave up.
class Appending {
 public:
  void Expect() {
    const std::lock_guard lock{mutex_};
    ++open_;
  }

  void Finish(rd_kafka_resp_err_t error) {
    const std::lock_guard lock{mutex_};
    if (result_.ok()) result_ = ToStatus(error);
    if (--open_ == 0) finished_.notify_all();
  }

  absl::Status Wait(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock{mutex_};
    if (finished_.wait_until(lock, deadline, [this] { return open_ == 0; })) return result_;
    return absl::DeadlineExceededError("Kafka did not answer in time");
  }

 private:
  std::mutex mutex_;
  std::condition_variable finished_;
  std::size_t open_ = 0;
  absl::Status result_;
};

/// On the poller. A message's opaque is its share in the append.
void Report(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* /*opaque*/) {
  const std::unique_ptr<std::shared_ptr<Appending>> share{static_cast<std::shared_ptr<Appending>*>(message->_private)};
  (*share)->Finish(message->err);
}

Client MakeClient(const Connection& connection) {
  Configuration configuration{connection};
  configuration.Set("enable.idempotence", "true")
      .Set("acks", "all")
      .Set("linger.ms", "0")
      // What a caller has given up on is soon forgotten: it comes again, and must not pile up here meanwhile.
      .Set("message.timeout.ms", "10000")
      .Set("queue.buffering.max.messages", "100000")
      .Set("queue.buffering.max.kbytes", "65536")
      .Set("message.max.bytes", std::to_string(kMaxEventBytes));
  rd_kafka_conf_set_dr_msg_cb(configuration.get(), Report);
  return std::move(configuration).MakeClient(RD_KAFKA_PRODUCER);
}

}  // namespace

Producer::Producer(const Connection& connection)
    : client_{MakeClient(connection)}, poller_{[this](const std::stop_token& stop) {
        while (!stop.stop_requested()) rd_kafka_poll(client_.get(), kPollMilliseconds);
      }} {}

Producer::~Producer() {
  // Nobody waits any more: whoever does holds this object.
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_flush(client_.get(), kFlushMilliseconds);
}

absl::Status Producer::Append(const std::string& topic, std::int32_t partitions, std::span<const Event> events,
                              std::chrono::steady_clock::time_point deadline) {
  const auto appending = std::make_shared<Appending>();
  appending->Expect();  // This call itself: the reports of the first may come before the last is sent.
  for (const Event& event : events) {
    auto share = std::make_unique<std::shared_ptr<Appending>>(appending);
    Headers headers = HeadersOf(event);
    appending->Expect();
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        client_.get(), RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(PartitionOf(event.key, partitions)),
        RD_KAFKA_V_KEY(event.key.data(), event.key.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(event.payload.data()), event.payload.size()),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADERS(headers.get()), RD_KAFKA_V_OPAQUE(share.get()),
        RD_KAFKA_V_END);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      appending->Finish(error);
      break;  // Nothing of a key goes past what was refused.
    }
    static_cast<void>(headers.release());  // The message's now.
    static_cast<void>(share.release());    // The report's.
  }
  appending->Finish(RD_KAFKA_RESP_ERR_NO_ERROR);
  return appending->Wait(deadline);
}

bool Producer::Broken() const { return rd_kafka_fatal_error(client_.get(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR; }

}  // namespace hotline::platform::kafka
