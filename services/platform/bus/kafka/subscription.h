#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "platform/bus/bus.h"
#include "platform/bus/kafka/admin.h"
#include "platform/bus/kafka/client.h"
#include "platform/bus/kafka/topic_keeper.h"

namespace hotline::platform::kafka {

/// What a subscription needs of its bus; all of it outlives the subscription.
struct SubscriptionContext {
  const Connection& connection;
  Admin& admin;
  TopicKeeper& topics;
};

/// Shared work as a member of a Kafka group, with eager assignment. The offset of a batch is stored after the handler's
/// OK, and once more when partitions move on or the member leaves.
///
/// Two threads: one polls, however long the handler takes, so that the group never takes a busy member for a dead one;
/// the other hands over. `instance`: who this member is across restarts (static membership); empty: it is new each
/// time and leaves the group when it stops.
[[nodiscard]] std::unique_ptr<Subscription> JoinGroup(const SubscriptionContext& context, const StatedTopic& topic,
                                                      const std::string& group, const std::string& instance,
                                                      DeliveryHandler handler);

/// Every event from `from[partition]` on; no group knows of it. Where it is absent or -1: what comes after this call,
/// or, when the cluster is away just now, after it is back.
[[nodiscard]] std::unique_ptr<Subscription> FollowTopic(const SubscriptionContext& context, const StatedTopic& topic,
                                                        std::vector<std::int64_t> from, DeliveryHandler handler);

}  // namespace hotline::platform::kafka
