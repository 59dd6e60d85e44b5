#pragma once

#include <functional>
#include <stop_token>
#include <thread>

#include "platform/bus/bus.h"
#include "platform/bus/kafka/backlog.h"
#include "platform/bus/kafka/client.h"

namespace hotline::platform::kafka {

/// How one kind of subscription differs from the other. Everything is called on the thread that polls.
class Membership {
 public:
  virtual ~Membership() = default;
  /// A client that is ready to be polled: subscribed, or assigned. Null when told to stop first. Throws
  /// std::runtime_error when it cannot be.
  virtual Client Begin(Backlog& backlog, const std::stop_token& stop) = 0;
  /// Whether a group remembers how far events are handled.
  [[nodiscard]] virtual bool StoresOffsets() const = 0;
};

/// A subscription's two threads: one polls the client, the other handles what came.
class Member final : public Subscription {
 public:
  Member(std::string topic, std::unique_ptr<Membership> membership, DeliveryHandler handler);
  ~Member() override { Stop(); }

  void Stop() override;

 private:
  void Poll(const std::stop_token& stop);
  /// Polls one client until the stop, or until nothing more can come of it.
  void PollClient(rd_kafka_t* client, const std::stop_token& stop);
  void Take(rd_kafka_t* client, const rd_kafka_message_t& message);
  void Resume(rd_kafka_t* client);
  void Handle();
  void Store(const Backlog::Batch& batch);

  const std::string topic_;
  const std::unique_ptr<Membership> membership_;
  const DeliveryHandler handler_;
  Backlog backlog_;

  std::mutex mutex_;
  rd_kafka_t* client_ = nullptr;  // The poller's, while it has one.

  std::jthread poller_;  // Last: the threads use every field above.
  std::jthread worker_;
};

}  // namespace hotline::platform::kafka
