#include "platform/bus/kafka_bus.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "platform/bus/kafka/admin.h"
#include "platform/bus/kafka/producer.h"
#include "platform/bus/kafka/subscription.h"
#include "platform/bus/kafka/topic_keeper.h"
#include "platform/bus/topics.h"
#include "platform/telemetry/log.h"

namespace hotline::platform {
namespace {

using kafka::Producer;
using kafka::StatedTopic;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kLagPatience{3};

class KafkaBus final : public Bus {
 public:
  explicit KafkaBus(const KafkaBusOptions& options)
      : prefix_{options.topic_prefix},
        instance_{options.instance},
        connection_{.servers = options.servers, .options = options.options},
        topics_{StatedTopics(options.topic_prefix)},
        admin_{connection_},
        producer_{std::make_shared<Producer>(connection_)},
        keeper_{admin_, topics_} {}

  absl::Status Append(std::string_view topic, std::span<const Event> events,
                      steady_clock::time_point deadline) override {
    const StatedTopic* const stated = Find(topic);
    if (stated == nullptr) return NoSuchTopic(topic);
    if (events.empty()) return absl::OkStatus();
    if (absl::Status there = keeper_.Wait(deadline); !there.ok()) return there;
    return CurrentProducer()->Append(stated->name, stated->partitions, events, deadline);
  }

  std::unique_ptr<Subscription> Consume(std::string_view topic, std::string_view group,
                                        DeliveryHandler handler) override {
    const StatedTopic& stated = Get(topic);
    const std::string name = GroupName(topic, group);
    return kafka::JoinGroup(Context(), stated, name, NextInstance(name), std::move(handler));
  }

  std::unique_ptr<Subscription> Follow(std::string_view topic, std::vector<std::int64_t> from,
                                       DeliveryHandler handler) override {
    return kafka::FollowTopic(Context(), Get(topic), std::move(from), std::move(handler));
  }

  absl::StatusOr<std::int64_t> Lag(std::string_view topic, std::string_view group) override {
    const StatedTopic* const stated = Find(topic);
    if (stated == nullptr) return NoSuchTopic(topic);
    const auto deadline = steady_clock::now() + kLagPatience;
    if (absl::Status there = keeper_.Wait(deadline); !there.ok()) return there;
    const auto stored = admin_.Stored(GroupName(topic, group), stated->name, stated->partitions, deadline);
    if (!stored.ok()) return stored.status();
    const auto beginnings = admin_.Beginnings(stated->name, stated->partitions, deadline);
    if (!beginnings.ok()) return beginnings.status();
    const auto ends = admin_.Ends(stated->name, stated->partitions, deadline);
    if (!ends.ok()) return ends.status();
    std::int64_t lag = 0;
    for (std::size_t i = 0; i < ends->size(); ++i) {
      lag += std::max<std::int64_t>(0, (*ends)[i] - std::max((*stored)[i], (*beginnings)[i]));
    }
    return lag;
  }

 private:
  static std::vector<StatedTopic> StatedTopics(const std::string& prefix) {
    std::vector<StatedTopic> topics;
    for (const Topic& topic : AllTopics()) {
      topics.push_back({prefix + std::string{topic.name}, topic.partitions, topic.retention});
    }
    return topics;
  }

  static absl::Status NoSuchTopic(std::string_view topic) {
    return absl::InvalidArgumentError("no such topic: " + std::string{topic});
  }

  [[nodiscard]] const StatedTopic* Find(std::string_view topic) const {
    const auto found = std::find_if(topics_.begin(), topics_.end(), [&](const StatedTopic& stated) {
      return std::string_view{stated.name}.substr(prefix_.size()) == topic;
    });
    return found == topics_.end() ? nullptr : &*found;
  }

  [[nodiscard]] const StatedTopic& Get(std::string_view topic) const {
    const StatedTopic* const found = Find(topic);
    if (found == nullptr) throw std::logic_error{"no such topic: " + std::string{topic}};
    return *found;
  }

  /// One a topic: members of a Kafka group that read different topics would disturb each other.
  [[nodiscard]] std::string GroupName(std::string_view topic, std::string_view group) const {
    return prefix_ + std::string{group} + "." + std::string{topic};
  }

  [[nodiscard]] kafka::SubscriptionContext Context() {
    return {.connection = connection_, .admin = admin_, .topics = keeper_};
  }

  /// This process's name in a group: the first member bears it, a second one a number besides.
  std::string NextInstance(const std::string& group) {
    if (instance_.empty()) return {};
    const std::lock_guard lock{mutex_};
    const int number = members_[group]++;
    return number == 0 ? instance_ : instance_ + "-" + std::to_string(number);
  }

  std::shared_ptr<Producer> CurrentProducer() {
    const std::lock_guard lock{mutex_};
    if (producer_->Broken()) {
      Log(LogLevel::kError, "bus.producer_replaced");
      producer_ = std::make_shared<Producer>(connection_);
    }
    return producer_;
  }

  const std::string prefix_;
  const std::string instance_;
  const kafka::Connection connection_;
  const std::vector<StatedTopic> topics_;
  kafka::Admin admin_;

  std::mutex mutex_;
  std::shared_ptr<Producer> producer_;  // Guarded by mutex_.
  std::map<std::string, int> members_;  // Of a group, in this process; guarded by mutex_.
  kafka::TopicKeeper keeper_;           // Last: its thread uses the admin.
};

}  // namespace

std::unique_ptr<Bus> OpenKafkaBus(const KafkaBusOptions& options) { return std::make_unique<KafkaBus>(options); }

}  // namespace hotline::platform
