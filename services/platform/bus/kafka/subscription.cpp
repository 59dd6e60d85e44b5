#include "platform/bus/kafka/subscription.h"

#include <chrono>
#include <stdexcept>
#include <utility>

#include "platform/bus/kafka/member.h"
#include "platform/telemetry/log.h"

namespace hotline::platform::kafka {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kHandOverPatience{10};  // A batch takes far less; the whole group waits meanwhile.
constexpr std::chrono::seconds kEndsPatience{3};

void Check(rd_kafka_resp_err_t error, const char* what) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error(std::string{what} + rd_kafka_err2str(error));
}

Configuration ConsumerConfiguration(const Connection& connection, const std::string& group) {
  Configuration configuration{connection};
  configuration.Set("group.id", group)
      .Set("auto.offset.reset", "earliest")
      .Set("enable.auto.offset.store", "false")
      // Bounds what is fetched ahead; Backlog holds some more. A client that has enough looks again once a second: this
      // is also the most that it can bring in a second.
      .Set("queued.max.messages.kbytes", "16384");
  return configuration;
}

class GroupMembership final : public Membership {
 public:
  GroupMembership(const SubscriptionContext& context, StatedTopic topic, std::string group, std::string instance)
      : context_{context}, topic_{std::move(topic)}, group_{std::move(group)}, instance_{std::move(instance)} {}

  Client Begin(Backlog& backlog, const std::stop_token& stop) override {
    if (!context_.topics.Wait(stop)) return nullptr;
    backlog_ = &backlog;
    Configuration configuration = ConsumerConfiguration(context_.connection, group_);
    configuration.Set("enable.auto.commit", "true")
        .Set("auto.commit.interval.ms", "200")
        // Eager. In librdkafka 2.0.2 cooperative-sticky loses and repeats partitions.
        .Set("partition.assignment.strategy", "range,roundrobin")
        .Set("session.timeout.ms", "6000")
        .Set("heartbeat.interval.ms", "1000");
    if (!instance_.empty()) configuration.Set("group.instance.id", instance_);
    rd_kafka_conf_set_opaque(configuration.get(), this);
    rd_kafka_conf_set_rebalance_cb(configuration.get(), OnRebalance);
    Client client = std::move(configuration).MakeClient(RD_KAFKA_CONSUMER);
    Check(rd_kafka_poll_set_consumer(client.get()), "cannot consume: ");
    const Partitions wanted{rd_kafka_topic_partition_list_new(1)};
    rd_kafka_topic_partition_list_add(wanted.get(), topic_.name.c_str(), RD_KAFKA_PARTITION_UA);
    Check(rd_kafka_subscribe(client.get(), wanted.get()), "cannot subscribe: ");
    return client;
  }

  [[nodiscard]] bool StoresOffsets() const override { return true; }

 private:
  /// On the thread that polls.
  static void OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions,
                          void* self) {
    static_cast<GroupMembership*>(self)->Rebalance(client, what, partitions);
  }

  void Rebalance(rd_kafka_t* client, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions) {
    const bool assigned = what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    Log(LogLevel::kInfo, assigned ? "bus.partitions_assigned" : "bus.partitions_revoked",
        {{"topic", topic_.name}, {"group", group_}, {"partitions", std::int64_t{partitions->cnt}}});
    if (!assigned) {
      // What was lost already belongs to another: waiting would help nobody.
      const bool lost = rd_kafka_assignment_lost(client) != 0;
      backlog_->Revoke(steady_clock::now() + (lost ? std::chrono::seconds{0} : kHandOverPatience));
      rd_kafka_assign(client, nullptr);  // Commits what was stored.
      return;
    }
    std::vector<std::int32_t> numbers;
    numbers.reserve(static_cast<std::size_t>(partitions->cnt));
    for (int i = 0; i < partitions->cnt; ++i) numbers.push_back(partitions->elems[i].partition);
    backlog_->Assign(numbers);
    rd_kafka_assign(client, partitions);
    rd_kafka_resume_partitions(client, partitions);  // A pause may have outlived the last assignment.
  }

  const SubscriptionContext context_;
  const StatedTopic topic_;
  const std::string group_;
  const std::string instance_;
  Backlog* backlog_ = nullptr;
};

class FollowerMembership final : public Membership {
 public:
  FollowerMembership(const SubscriptionContext& context, StatedTopic topic, std::vector<std::int64_t> from)
      : context_{context}, topic_{std::move(topic)}, from_{std::move(from)} {
    from_.resize(static_cast<std::size_t>(topic_.partitions), -1);
    const auto deadline = steady_clock::now() + kEndsPatience;
    if (context_.topics.Wait(deadline).ok()) static_cast<void>(FindEnds(deadline));  // Else Begin() tries again.
  }

  Client Begin(Backlog& backlog, const std::stop_token& stop) override {
    if (!context_.topics.Wait(stop)) return nullptr;
    if (absl::Status found = FindEnds(steady_clock::now() + kEndsPatience); !found.ok()) {
      throw std::runtime_error(std::string{found.message()});
    }
    // librdkafka wants a group's name; no broker hears of it.
    Configuration configuration = ConsumerConfiguration(context_.connection, topic_.name + ".follower");
    configuration.Set("enable.auto.commit", "false");
    Client client = std::move(configuration).MakeClient(RD_KAFKA_CONSUMER);
    Check(rd_kafka_poll_set_consumer(client.get()), "cannot consume: ");
    const Partitions list{rd_kafka_topic_partition_list_new(topic_.partitions)};
    std::vector<std::int32_t> numbers;
    for (std::int32_t i = 0; i < topic_.partitions; ++i) {
      rd_kafka_topic_partition_list_add(list.get(), topic_.name.c_str(), i)->offset =
          from_[static_cast<std::size_t>(i)];
      numbers.push_back(i);
    }
    backlog.Assign(numbers);
    Check(rd_kafka_assign(client.get(), list.get()), "cannot follow: ");
    return client;
  }

  [[nodiscard]] bool StoresOffsets() const override { return false; }

 private:
  absl::Status FindEnds(steady_clock::time_point deadline) {
    if (std::find(from_.begin(), from_.end(), -1) == from_.end()) return absl::OkStatus();
    const auto ends = context_.admin.Ends(topic_.name, topic_.partitions, deadline);
    if (!ends.ok()) return ends.status();
    for (std::size_t i = 0; i < from_.size(); ++i) {
      if (from_[i] < 0) from_[i] = (*ends)[i];
    }
    return absl::OkStatus();
  }

  const SubscriptionContext context_;
  const StatedTopic topic_;
  std::vector<std::int64_t> from_;
};

}  // namespace

std::unique_ptr<Subscription> JoinGroup(const SubscriptionContext& context, const StatedTopic& topic,
                                        const std::string& group, const std::string& instance,
                                        DeliveryHandler handler) {
  return std::make_unique<Member>(topic.name, std::make_unique<GroupMembership>(context, topic, group, instance),
                                  std::move(handler));
}

std::unique_ptr<Subscription> FollowTopic(const SubscriptionContext& context, const StatedTopic& topic,
                                          std::vector<std::int64_t> from, DeliveryHandler handler) {
  return std::make_unique<Member>(topic.name, std::make_unique<FollowerMembership>(context, topic, std::move(from)),
                                  std::move(handler));
}

}  // namespace hotline::platform::kafka
