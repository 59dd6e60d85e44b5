#include "platform/bus/kafka/admin.h"

#include <array>
#include <map>
#include <string_view>
#include <thread>
#include <utility>

#include "platform/bus/topics.h"

namespace hotline::platform::kafka {
namespace {

using Answer = std::unique_ptr<rd_kafka_event_t, Destroyer<rd_kafka_event_destroy>>;
using Options = std::unique_ptr<rd_kafka_AdminOptions_t, Destroyer<rd_kafka_AdminOptions_destroy>>;
using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, Destroyer<rd_kafka_NewTopic_destroy>>;
using Resource = std::unique_ptr<rd_kafka_ConfigResource_t, Destroyer<rd_kafka_ConfigResource_destroy>>;

constexpr std::size_t kMessageBytes = 512;
constexpr char kPolicy[] = "cleanup.policy";
constexpr char kDelete[] = "delete";
constexpr char kRetention[] = "retention.ms";
constexpr char kForEver[] = "-1";
constexpr std::chrono::milliseconds kLeaderPause{50};

bool LeaderIsMissing(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION || error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
}

Options OptionsFor(rd_kafka_t* client, rd_kafka_admin_op_t operation, Admin::Deadline deadline) {
  Options options{rd_kafka_AdminOptions_new(client, operation)};
  std::array<char, kMessageBytes> why{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), std::max(1, MillisecondsUntil(deadline)), why.data(),
                                            why.size());
  return options;
}

/// The answer to a question that was put on `queue`; an error when there is none or it is one.
absl::StatusOr<Answer> AnswerOn(const Queue& queue, Admin::Deadline deadline) {
  // The request's own limit comes first; a second more for its word of it.
  Answer answer{rd_kafka_queue_poll(queue.get(), MillisecondsUntil(deadline + std::chrono::seconds{1}))};
  if (answer == nullptr) return absl::UnavailableError("Kafka did not answer in time");
  if (absl::Status status = ToStatus(rd_kafka_event_error(answer.get())); !status.ok()) return status;
  return answer;
}

std::string RetentionOf(const StatedTopic& topic) {
  if (topic.retention.count() == 0) return kForEver;
  return std::to_string(std::chrono::milliseconds{topic.retention}.count());
}

NewTopic Describe(const StatedTopic& topic) {
  constexpr int kReplicasOfTheBroker = -1;  // As default.replication.factor says there.
  std::array<char, kMessageBytes> why{};
  NewTopic made{
      rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, kReplicasOfTheBroker, why.data(), why.size())};
  if (made == nullptr) throw std::runtime_error("no such topic can be: " + std::string{why.data()});
  rd_kafka_NewTopic_set_config(made.get(), kPolicy, kDelete);
  rd_kafka_NewTopic_set_config(made.get(), kRetention, RetentionOf(topic).c_str());
  rd_kafka_NewTopic_set_config(made.get(), "retention.bytes", "-1");
  rd_kafka_NewTopic_set_config(made.get(), "max.message.bytes", std::to_string(kMaxEventBytes).c_str());
  return made;
}

Partitions ListOf(const std::string& topic, std::int32_t partitions, std::int64_t offset) {
  Partitions list{rd_kafka_topic_partition_list_new(partitions)};
  for (std::int32_t i = 0; i < partitions; ++i) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), i)->offset = offset;
  }
  return list;
}

absl::StatusOr<std::vector<std::int64_t>> OffsetsOf(const rd_kafka_topic_partition_list_t& list,
                                                    std::int32_t partitions) {
  std::vector<std::int64_t> offsets(static_cast<std::size_t>(partitions), -1);
  for (int i = 0; i < list.cnt; ++i) {
    const rd_kafka_topic_partition_t& partition = list.elems[i];
    if (absl::Status status = ToStatus(partition.err); !status.ok()) return status;
    if (partition.partition < 0 || partition.partition >= partitions) continue;
    offsets[static_cast<std::size_t>(partition.partition)] = std::max<std::int64_t>(-1, partition.offset);
  }
  return offsets;
}

absl::Status NotAsStated(const std::string& topic, const std::string& what) {
  return absl::FailedPreconditionError("Kafka's topic " + topic + " is not as stated: " + what);
}

/// The value of one of a resource's settings; empty when it has none of that name.
std::string_view ValueOf(const rd_kafka_ConfigResource_t* resource, std::string_view name) {
  std::size_t count = 0;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resource, &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (name != rd_kafka_ConfigEntry_name(entries[i])) continue;
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    return value == nullptr ? std::string_view{} : std::string_view{value};
  }
  return {};
}

}  // namespace

Admin::Admin(const Connection& connection)
    : connection_{connection}, client_{Configuration{connection}.MakeClient(RD_KAFKA_PRODUCER)} {}

absl::Status Admin::EnsureTopics(std::span<const StatedTopic> topics, Deadline deadline) {
  if (absl::Status created = CreateMissing(topics, deadline); !created.ok()) return created;
  if (absl::Status checked = CheckPartitions(topics, deadline); !checked.ok()) return checked;
  return CheckRetention(topics, deadline);
}

absl::Status Admin::CreateMissing(std::span<const StatedTopic> topics, Deadline deadline) {
  std::vector<NewTopic> wanted;
  std::vector<rd_kafka_NewTopic_t*> pointers;
  for (const StatedTopic& topic : topics) pointers.push_back(wanted.emplace_back(Describe(topic)).get());
  const Queue queue{rd_kafka_queue_new(client_.get())};
  const Options options = OptionsFor(client_.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, deadline);
  rd_kafka_CreateTopics(client_.get(), pointers.data(), pointers.size(), options.get(), queue.get());
  const absl::StatusOr<Answer> answer = AnswerOn(queue, deadline);
  if (!answer.ok()) return answer.status();
  std::size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer->get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t error = rd_kafka_topic_result_error(results[i]);
    if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) continue;
    if (absl::Status status = ToStatus(error); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Admin::CheckPartitions(std::span<const StatedTopic> topics, Deadline deadline) {
  using Metadata = std::unique_ptr<const rd_kafka_metadata_t, Destroyer<rd_kafka_metadata_destroy>>;
  const rd_kafka_metadata_t* answer = nullptr;
  constexpr int kAllTopics = 1;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(client_.get(), kAllTopics, nullptr, &answer, MillisecondsUntil(deadline));
  const Metadata metadata{answer};
  if (absl::Status status = ToStatus(error); !status.ok()) return status;
  std::map<std::string_view, const rd_kafka_metadata_topic_t*> found;
  for (int i = 0; i < metadata->topic_cnt; ++i) found[metadata->topics[i].topic] = &metadata->topics[i];
  for (const StatedTopic& topic : topics) {
    const auto there = found.find(topic.name);
    if (there == found.end() || there->second->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return absl::UnavailableError("Kafka does not show the topic " + topic.name + " yet");
    }
    if (there->second->partition_cnt != topic.partitions) {
      return NotAsStated(topic.name, std::to_string(there->second->partition_cnt) + " partitions, not " +
                                         std::to_string(topic.partitions));
    }
  }
  return absl::OkStatus();
}

absl::Status Admin::CheckRetention(std::span<const StatedTopic> topics, Deadline deadline) {
  std::vector<Resource> wanted;
  std::vector<rd_kafka_ConfigResource_t*> pointers;
  std::map<std::string_view, const StatedTopic*> stated;
  for (const StatedTopic& topic : topics) {
    wanted.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.name.c_str()));
    pointers.push_back(wanted.back().get());
    stated[topic.name] = &topic;
  }
  const Queue queue{rd_kafka_queue_new(client_.get())};
  const Options options = OptionsFor(client_.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, deadline);
  rd_kafka_DescribeConfigs(client_.get(), pointers.data(), pointers.size(), options.get(), queue.get());
  const absl::StatusOr<Answer> answer = AnswerOn(queue, deadline);
  if (!answer.ok()) return answer.status();
  std::size_t count = 0;
  const rd_kafka_ConfigResource_t** resources =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(answer->get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (absl::Status status = ToStatus(rd_kafka_ConfigResource_error(resources[i])); !status.ok()) return status;
    const StatedTopic& topic = *stated.at(rd_kafka_ConfigResource_name(resources[i]));
    if (const auto policy = ValueOf(resources[i], kPolicy); policy != kDelete) {
      return NotAsStated(topic.name, std::string{kPolicy} + " is " + std::string{policy});
    }
    // How long the others are kept is an operator's to change.
    if (const auto kept = ValueOf(resources[i], kRetention); topic.retention.count() == 0 && kept != kForEver) {
      return NotAsStated(topic.name, std::string{kRetention} + " is " + std::string{kept});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::int64_t>> Admin::Ends(const std::string& topic, std::int32_t partitions,
                                                      Deadline deadline) {
  return Offsets(topic, partitions, RD_KAFKA_OFFSET_END, deadline);
}

absl::StatusOr<std::vector<std::int64_t>> Admin::Beginnings(const std::string& topic, std::int32_t partitions,
                                                            Deadline deadline) {
  return Offsets(topic, partitions, RD_KAFKA_OFFSET_BEGINNING, deadline);
}

absl::StatusOr<std::vector<std::int64_t>> Admin::Offsets(const std::string& topic, std::int32_t partitions,
                                                         std::int64_t which, Deadline deadline) {
  // In Kafka's protocol the end and the beginning are times too, and all partitions are asked at once.
  Partitions list = ListOf(topic, partitions, which);
  rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(client_.get(), list.get(), MillisecondsUntil(deadline));
  // A topic that was just made, or a broker that has just fallen: its partitions find a leader in a moment.
  while (LeaderIsMissing(error) && std::chrono::steady_clock::now() + kLeaderPause < deadline) {
    std::this_thread::sleep_for(kLeaderPause);
    list = ListOf(topic, partitions, which);
    error = rd_kafka_offsets_for_times(client_.get(), list.get(), MillisecondsUntil(deadline));
  }
  if (absl::Status status = ToStatus(error); !status.ok()) return status;
  return OffsetsOf(*list, partitions);
}

absl::StatusOr<std::vector<std::int64_t>> Admin::Stored(const std::string& group, const std::string& topic,
                                                        std::int32_t partitions, Deadline deadline) {
  // Not by rd_kafka_ListConsumerGroupOffsets: in librdkafka 2.0.2 one that ran into its limit while the brokers were
  // away ends the process once they are back.
  const Partitions list = ListOf(topic, partitions, RD_KAFKA_OFFSET_INVALID);
  const rd_kafka_resp_err_t error = rd_kafka_committed(Asking(group), list.get(), MillisecondsUntil(deadline));
  if (absl::Status status = ToStatus(error); !status.ok()) return status;
  return OffsetsOf(*list, partitions);
}

rd_kafka_t* Admin::Asking(const std::string& group) {
  const std::lock_guard lock{mutex_};
  Client& client = asking_[group];
  if (client == nullptr) {
    Configuration configuration{connection_};
    configuration.Set("group.id", group).Set("enable.auto.commit", "false");
    client = std::move(configuration).MakeClient(RD_KAFKA_CONSUMER);
  }
  return client.get();
}

}  // namespace hotline::platform::kafka
