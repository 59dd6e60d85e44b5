#include "platform/bus/kafka/member.h"

#include <array>
#include <exception>
#include <utility>

#include "platform/bus/kafka/headers.h"
#include "platform/runtime/fault_points.h"
#include "platform/telemetry/log.h"

namespace hotline::platform::kafka {
namespace {

using std::chrono::steady_clock;

constexpr int kPollMilliseconds = 100;
constexpr std::chrono::seconds kLeavePatience{5};
constexpr std::chrono::seconds kRestart{5};

Partitions ListOf(const std::string& topic, std::int32_t partition) {
  Partitions list{rd_kafka_topic_partition_list_new(1)};
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  return list;
}

/// Stores what is to be stored and leaves the group, but does not wait for a cluster that is away.
void Leave(Client client) {
  Queue queue{rd_kafka_queue_new(client.get())};
  const auto deadline = steady_clock::now() + kLeavePatience;
  const Failure failure{rd_kafka_consumer_close_queue(client.get(), queue.get())};
  while (failure == nullptr && rd_kafka_consumer_closed(client.get()) == 0 && steady_clock::now() < deadline) {
    // The group's last words (partitions taken back) come through the queue and are answered here.
    const std::unique_ptr<rd_kafka_event_t, Destroyer<rd_kafka_event_destroy>> event{
        rd_kafka_queue_poll(queue.get(), kPollMilliseconds)};
    if (event != nullptr && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE) {
      rd_kafka_assign(client.get(), nullptr);
    }
  }
  const bool closed = rd_kafka_consumer_closed(client.get()) != 0;
  queue.reset();  // What is still in it holds partitions, and the client's end waits for them for ever.
  rd_kafka_destroy_flags(client.release(), closed ? 0 : RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

}  // namespace

Member::Member(std::string topic, std::unique_ptr<Membership> membership, DeliveryHandler handler)
    : topic_{std::move(topic)},
      membership_{std::move(membership)},
      handler_{std::move(handler)},
      poller_{[this](const std::stop_token& stop) { Poll(stop); }},
      worker_{[this] { Handle(); }} {}

void Member::Stop() {
  backlog_.Close();
  if (std::this_thread::get_id() == worker_.get_id()) return;  // Its own handler: the destructor waits.
  if (worker_.joinable()) worker_.join();  // The poller goes on: the last offset is still to be stored.
  poller_.request_stop();
  if (poller_.joinable()) poller_.join();
}

void Member::Poll(const std::stop_token& stop) {
  std::mutex none;
  std::condition_variable_any stopped;
  while (!stop.stop_requested()) {
    try {
      Client client = membership_->Begin(backlog_, stop);
      if (client == nullptr) return;
      {
        const std::lock_guard lock{mutex_};
        client_ = client.get();
      }
      PollClient(client.get(), stop);
      {
        const std::lock_guard lock{mutex_};
        client_ = nullptr;
      }
      Leave(std::move(client));
    } catch (const std::exception& error) {
      Log(LogLevel::kError, "bus.consumer_failed", {{"topic", topic_}, {"error", std::string{error.what()}}});
    }
    std::unique_lock lock{none};
    stopped.wait_for(lock, stop, kRestart, [] { return false; });
  }
}

void Member::PollClient(rd_kafka_t* client, const std::stop_token& stop) {
  const Queue queue{rd_kafka_queue_get_consumer(client)};
  const std::stop_callback wake{stop, [&queue] { rd_kafka_queue_yield(queue.get()); }};
  while (!stop.stop_requested()) {
    backlog_.AwaitRoom(std::chrono::milliseconds{kPollMilliseconds});
    const Message message{rd_kafka_consumer_poll(client, kPollMilliseconds)};
    if (message != nullptr) Take(client, *message);
    Resume(client);
    std::array<char, 256> why{};
    const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(client, why.data(), why.size());
    if (fatal == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    // Another member of the same instance id, for one; what this one has in hand is not its own any more.
    Log(LogLevel::kError, "bus.consumer_fenced",
        {{"topic", topic_}, {"code", std::string{rd_kafka_err2name(fatal)}}, {"why", std::string{why.data()}}});
    backlog_.Revoke(steady_clock::now());
    return;
  }
}

void Member::Take(rd_kafka_t* client, const rd_kafka_message_t& message) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Log(LogLevel::kWarning, "bus.consumer_error",
        {{"topic", topic_}, {"code", std::string{rd_kafka_err2name(message.err)}}});
    return;
  }
  std::optional<Event> event = EventOf(message);
  const Position position{.partition = message.partition, .offset = message.offset};
  if (!event) {
    Log(LogLevel::kError, "bus.foreign_message",
        {{"topic", topic_}, {"partition", std::int64_t{position.partition}}, {"offset", position.offset}});
    return;
  }
  if (backlog_.Add({.event = *std::move(event), .position = position})) return;
  const Partitions full = ListOf(topic_, position.partition);
  rd_kafka_pause_partitions(client, full.get());
}

void Member::Resume(rd_kafka_t* client) {
  for (const std::int32_t partition : backlog_.Drained()) {
    const Partitions drained = ListOf(topic_, partition);
    rd_kafka_resume_partitions(client, drained.get());
  }
}

void Member::Handle() {
  while (std::optional<Backlog::Batch> batch = backlog_.Take()) {
    if (Sabotaged("offset_before_effect") && membership_->StoresOffsets()) Store(*batch);
    absl::Status status;
    try {
      status = handler_(batch->deliveries);
    } catch (const std::exception& error) {
      status = absl::InternalError(error.what());
    }
    if (status.ok()) {
      if (membership_->StoresOffsets() && backlog_.Counts(*batch)) Store(*batch);
      if (!backlog_.Done(*batch)) continue;
      const std::lock_guard lock{mutex_};
      if (client_ == nullptr) continue;
      const Queue queue{rd_kafka_queue_get_consumer(client_)};
      rd_kafka_queue_yield(queue.get());  // There is room again.
      continue;
    }
    Log(LogLevel::kWarning, "bus.handler_failed",
        {{"topic", topic_},
         {"partition", std::int64_t{batch->partition}},
         {"offset", batch->deliveries.front().position.offset},
         {"code", absl::StatusCodeToString(status.code())}});
    backlog_.Retry(*std::move(batch));
  }
}

void Member::Store(const Backlog::Batch& batch) {
  const Partitions handled = ListOf(topic_, batch.partition);
  handled->elems[0].offset = batch.deliveries.back().position.offset + 1;
  const std::lock_guard lock{mutex_};
  // An error means that the partition has just gone to another member, which handles these events again.
  FaultPoint("bus.before_offset_store");
  if (client_ != nullptr) static_cast<void>(rd_kafka_offsets_store(client_, handled.get()));
  if (client_ != nullptr && Sabotaged("offset_before_effect")) rd_kafka_commit(client_, handled.get(), 0);
  FaultPoint("bus.after_offset_store");
}

}  // namespace hotline::platform::kafka
