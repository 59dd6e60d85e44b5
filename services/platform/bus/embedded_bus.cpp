#include "platform/bus/embedded_bus.h"

#include <deque>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "platform/bus/log_file.h"
#include "platform/bus/partition_group.h"
#include "platform/bus/partitioner.h"
#include "platform/bus/topics.h"
#include "platform/telemetry/log.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMaxCommit = 4096;      // Events in one commit of the log.
constexpr std::size_t kMaxWaiting = 100'000;  // Events of callers that wait; more are refused.
constexpr std::int64_t kMaxBatch = 256;       // Events given to a handler at once.
constexpr std::chrono::milliseconds kOffsetDelay{100};
constexpr std::chrono::minutes kForgetEvery{1};

struct TopicState {
  std::string_view name;
  Slot first_slot = 0;
  TopicEnds ends;
  [[nodiscard]] Slot SlotOf(std::int32_t partition) const { return first_slot + partition; }
};

/// One subscription: a thread that claims partitions of a group, reads and hands over.
class Member final : public Subscription {
 public:
  Member(const TopicState& topic, TopicEnds& ends, std::shared_ptr<PartitionGroup> group,
         std::unique_ptr<LogFile::Reader> reader, DeliveryHandler handler)
      : topic_{topic},
        ends_{ends},
        group_{std::move(group)},
        reader_{std::move(reader)},
        handler_{std::move(handler)},
        member_{group_->Join()},
        thread_{[this] { Run(); }} {}
  ~Member() override { Stop(); }

  void Stop() override {
    {
      const std::lock_guard lock{ends_.mutex};
      stop_ = true;
    }
    ends_.grown.notify_all();
    if (thread_.joinable() && std::this_thread::get_id() != thread_.get_id()) thread_.join();
  }

 private:
  void Run() {
    while (const auto claim = group_->Wait(member_, stop_)) Handle(*claim);
    group_->Leave(member_);
  }

  void Handle(const PartitionGroup::Claim& claim) {
    absl::Status status;
    std::vector<Delivery> batch;
    try {
      batch = reader_->Read(topic_.SlotOf(claim.partition), claim.partition, claim.from, kMaxBatch);
      status = batch.empty() ? absl::UnavailableError("the log cannot be read") : handler_(batch);
    } catch (const std::exception& error) {
      status = absl::InternalError(error.what());
    }
    if (status.ok()) return group_->Advance(claim.partition, batch.back().position.offset + 1);
    Log(LogLevel::kWarning, "bus.handler_failed",
        {{"topic", std::string{topic_.name}},
         {"partition", std::int64_t{claim.partition}},
         {"offset", claim.from},
         {"code", absl::StatusCodeToString(status.code())}});
    group_->Retry(claim.partition);
  }

  const TopicState& topic_;
  TopicEnds& ends_;
  const std::shared_ptr<PartitionGroup> group_;
  const std::unique_ptr<LogFile::Reader> reader_;
  const DeliveryHandler handler_;
  const std::uint64_t member_;
  bool stop_ = false;  // Guarded by ends_.mutex.
  std::thread thread_;
};

class EmbeddedBus final : public Bus {
 public:
  EmbeddedBus(const std::filesystem::path& file, EmbeddedBusOptions options) : options_{options}, log_{file} {
    for (const Topic& topic : AllTopics()) {
      TopicState& state = topics_[topic.name];
      state.name = topic.name;
      state.first_slot = log_.FirstSlot(topic.name, topic.partitions);
      for (std::int32_t i = 0; i < topic.partitions; ++i) state.ends.ends.push_back(log_.End(state.SlotOf(i)));
    }
    for (GroupOffset& offset : log_.Offsets()) stored_offsets_[{std::move(offset.group), offset.slot}] = offset.next;
    thread_ = std::thread{[this] { WriteLoop(); }};
  }

  ~EmbeddedBus() override {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    work_.notify_all();
    thread_.join();
  }

  absl::Status Append(std::string_view topic, std::span<const Event> events,
                      steady_clock::time_point deadline) override {
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return absl::InvalidArgumentError("no such topic: " + std::string{topic});
    if (events.empty()) return absl::OkStatus();
    // The caller may give up while the writer still reads: the events are the request's own.
    auto request = std::make_shared<Request>(Request{&found->second, {events.begin(), events.end()}, {}, false});
    std::unique_lock lock{mutex_};
    if (stopping_) return absl::UnavailableError("the bus is closing");
    if (waiting_events_ + events.size() > kMaxWaiting)
      return absl::ResourceExhaustedError("too much waits for the log");
    waiting_events_ += events.size();
    queue_.push_back(request);
    work_.notify_one();
    if (!done_.wait_until(lock, deadline, [&] { return request->done; })) {
      return absl::DeadlineExceededError("the log did not answer in time");
    }
    return request->result;
  }

  std::unique_ptr<Subscription> Consume(std::string_view topic, std::string_view group,
                                        DeliveryHandler handler) override {
    TopicState& state = Find(topic);
    return std::make_unique<Member>(state, state.ends, GroupOf(state, group), log_.MakeReader(), std::move(handler));
  }

  std::unique_ptr<Subscription> Follow(std::string_view topic, std::vector<std::int64_t> from,
                                       DeliveryHandler handler) override {
    TopicState& state = Find(topic);
    {
      const std::lock_guard lock{state.ends.mutex};
      from.resize(state.ends.ends.size(), -1);
      for (std::size_t i = 0; i < from.size(); ++i) {
        if (from[i] < 0) from[i] = state.ends.ends[i];
      }
    }
    // A follower is a group of its own that nobody remembers.
    auto alone = std::make_shared<PartitionGroup>(state.ends, std::move(from), nullptr);
    return std::make_unique<Member>(state, state.ends, std::move(alone), log_.MakeReader(), std::move(handler));
  }

  absl::StatusOr<std::int64_t> Lag(std::string_view topic, std::string_view group) override {
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return absl::InvalidArgumentError("no such topic: " + std::string{topic});
    return GroupOf(found->second, group)->Lag();
  }

 private:
  struct Request {
    TopicState* topic;
    std::vector<Event> events;
    absl::Status result;
    bool done;
  };
  using GroupKey = std::pair<std::string, Slot>;

  TopicState& Find(std::string_view topic) {
    const auto found = topics_.find(topic);
    if (found == topics_.end()) throw std::logic_error{"no such topic: " + std::string{topic}};
    return found->second;
  }

  std::shared_ptr<PartitionGroup> GroupOf(TopicState& topic, std::string_view group) {
    const std::lock_guard lock{mutex_};
    auto& known = groups_[{std::string{group}, topic.first_slot}];
    if (known != nullptr) return known;
    std::vector<std::int64_t> next;
    for (std::size_t i = 0; i < topic.ends.ends.size(); ++i) {  // The size never changes.
      const auto stored = stored_offsets_.find({std::string{group}, topic.SlotOf(static_cast<std::int32_t>(i))});
      next.push_back(stored == stored_offsets_.end() ? 0 : stored->second);
    }
    known = std::make_shared<PartitionGroup>(
        topic.ends, std::move(next),
        [this, name = std::string{group}, &topic](std::int32_t partition, std::int64_t at) {
          Store({.group = name, .slot = topic.SlotOf(partition), .next = at});
        });
    return known;
  }

  /// Called under the topic's mutex, which comes before mutex_.
  void Store(const GroupOffset& offset) {
    const std::lock_guard lock{mutex_};
    dirty_offsets_[{offset.group, offset.slot}] = offset.next;
    if (dirty_offsets_.size() == 1) work_.notify_one();
  }

  void WriteLoop() {
    auto forget_at = steady_clock::now() + kForgetEvery;
    for (bool more = true; more;) {
      std::vector<std::shared_ptr<Request>> requests;
      std::vector<GroupOffset> offsets;
      more = TakeWork(requests, offsets);
      if (!requests.empty() || !offsets.empty()) Write(requests, offsets);
      if (options_.retention.count() > 0 && steady_clock::now() >= forget_at) {
        Forget();
        forget_at = steady_clock::now() + kForgetEvery;
      }
    }
  }

  /// Waits for appends; offsets go along with them, or alone when none came for a while. False after the last.
  bool TakeWork(std::vector<std::shared_ptr<Request>>& requests, std::vector<GroupOffset>& offsets) {
    std::unique_lock lock{mutex_};
    work_.wait_for(lock, kForgetEvery, [&] { return stopping_ || !queue_.empty() || !dirty_offsets_.empty(); });
    if (queue_.empty() && !stopping_) work_.wait_for(lock, kOffsetDelay, [&] { return stopping_ || !queue_.empty(); });
    for (std::size_t events = 0; !queue_.empty() && events < kMaxCommit; queue_.pop_front()) {
      events += queue_.front()->events.size();
      waiting_events_ -= queue_.front()->events.size();
      requests.push_back(std::move(queue_.front()));
    }
    for (auto& [key, next] : dirty_offsets_) offsets.push_back({.group = key.first, .slot = key.second, .next = next});
    dirty_offsets_.clear();
    return !stopping_ || !queue_.empty();
  }

  void Write(const std::vector<std::shared_ptr<Request>>& requests, const std::vector<GroupOffset>& offsets) {
    std::vector<LogEntry> entries;
    std::map<TopicState*, std::vector<std::int64_t>> ends;  // As they will be; this thread alone moves them.
    for (const auto& request : requests) {
      auto& next = ends[request->topic];
      if (next.empty()) next = request->topic->ends.ends;
      for (const Event& event : request->events) {
        const std::int32_t partition = PartitionOf(event.key, static_cast<std::int32_t>(next.size()));
        entries.push_back({request->topic->SlotOf(partition), next[static_cast<std::size_t>(partition)]++, &event});
      }
    }
    absl::Status result;
    try {
      log_.Write(entries, offsets, options_.clock.Now());
    } catch (const StoreError& error) {
      result = absl::UnavailableError(error.what());
      Log(LogLevel::kError, "bus.append_failed", {{"error", std::string{error.what()}}});
    }
    if (result.ok()) {
      Grow(ends);
    } else {
      KeepForLater(offsets);
    }
    Answer(requests, result);
  }

  void Grow(const std::map<TopicState*, std::vector<std::int64_t>>& ends) {
    for (const auto& [topic, next] : ends) {
      {
        const std::lock_guard lock{topic->ends.mutex};
        topic->ends.ends = next;
      }
      topic->ends.grown.notify_all();
    }
  }

  void KeepForLater(const std::vector<GroupOffset>& offsets) {
    const std::lock_guard lock{mutex_};
    for (const GroupOffset& offset : offsets) dirty_offsets_.try_emplace({offset.group, offset.slot}, offset.next);
  }

  void Answer(const std::vector<std::shared_ptr<Request>>& requests, const absl::Status& result) {
    {
      const std::lock_guard lock{mutex_};
      for (const auto& request : requests) {
        request->result = result;
        request->done = true;
      }
    }
    done_.notify_all();
  }

  void Forget() {
    const Time cutoff = options_.clock.Now() - options_.retention;
    try {
      for (auto& [name, topic] : topics_) {
        if (name == kKnowledgeTopic) continue;  // Old versions are evidence.
        for (std::size_t i = 0; i < topic.ends.ends.size(); ++i)
          log_.Forget(topic.SlotOf(static_cast<std::int32_t>(i)), cutoff);
      }
    } catch (const StoreError& error) {
      Log(LogLevel::kWarning, "bus.forget_failed", {{"error", std::string{error.what()}}});
    }
  }

  const EmbeddedBusOptions options_;
  LogFile log_;
  std::map<std::string_view, TopicState> topics_;  // Fixed after construction.

  std::mutex mutex_;
  std::condition_variable work_;  // For the writer.
  std::condition_variable done_;  // For those who append.
  std::deque<std::shared_ptr<Request>> queue_;
  std::size_t waiting_events_ = 0;
  std::map<GroupKey, std::int64_t> stored_offsets_;  // As they were when the log was opened.
  std::map<GroupKey, std::int64_t> dirty_offsets_;
  std::map<GroupKey, std::shared_ptr<PartitionGroup>> groups_;
  bool stopping_ = false;
  std::thread thread_;  // Last: it uses every field above.
};

}  // namespace

std::unique_ptr<Bus> OpenEmbeddedBus(const std::filesystem::path& file, EmbeddedBusOptions options) {
  return std::make_unique<EmbeddedBus>(file, options);
}

}  // namespace hotline::platform
