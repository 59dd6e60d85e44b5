#include "platform/bus/together.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <utility>

#include "platform/runtime/fault_points.h"

namespace hotline::platform {
namespace {

/// As many as a store has connections that write; the events of a key are in one.
constexpr std::size_t kLanes = 4;
constexpr std::size_t kMost = 256;

struct Lane {
  std::vector<const Event*> events;
  std::size_t done = 0;
  std::size_t ask = kMost;  ///< Where a moment allows but a few, few are asked about.
  std::size_t applied = 0;  ///< By the work under way.
  bool stopped = false;     ///< The rest goes one by one.

  [[nodiscard]] bool open() const { return !stopped && done < events.size(); }
  [[nodiscard]] std::span<const Event* const> Next() const {
    return std::span{events}.subspan(done, std::min(ask, events.size() - done));
  }
  void Settle(const absl::Status& status) {
    stopped = !status.ok() || applied == 0;
    if (stopped) return;
    done += applied;
    ask = std::clamp<std::size_t>(2 * applied, 1, kMost);
  }
};

std::array<Lane, kLanes> InLanes(const std::vector<const Event*>& events) {
  std::array<Lane, kLanes> lanes;
  for (const Event* event : events) lanes[std::hash<std::string>{}(event->key) % kLanes].events.push_back(event);
  return lanes;
}

/// One piece of work for each lane that is open; waits for all of them.
void RunRound(Store& store, const Applier& applier, std::span<Lane> lanes,
              std::chrono::steady_clock::time_point deadline) {
  std::mutex mutex;
  std::condition_variable finished;
  std::vector<Lane*> open;
  for (Lane& lane : lanes) {
    if (lane.open()) open.push_back(&lane);
  }
  std::size_t running = open.size();
  for (Lane* const lane : open) {
    store.Submit([lane, &applier](
                     Transaction& transaction) { return applier.Together(transaction, lane->Next(), lane->applied); },
                 deadline,
                 [&, lane](const absl::Status& status) {
                   const std::lock_guard lock{mutex};
                   lane->Settle(status);
                   if (--running == 0) finished.notify_one();
                 });
  }
  std::unique_lock lock{mutex};
  finished.wait(lock, [&] { return running == 0; });
}

}  // namespace

std::vector<const Event*> ApplyTogether(Store& store, const Applier& applier, const std::vector<const Event*>& events,
                                        std::chrono::steady_clock::time_point deadline) {
  if (events.empty() || Sabotaged("skip_inbox") || Sabotaged("any_order")) return events;
  std::array<Lane, kLanes> lanes = InLanes(events);
  while (std::any_of(lanes.begin(), lanes.end(), [](const Lane& lane) { return lane.open(); })) {
    RunRound(store, applier, lanes, deadline);
  }
  std::vector<const Event*> left;
  for (const Lane& lane : lanes) {
    left.insert(left.end(), lane.events.begin() + static_cast<std::ptrdiff_t>(lane.done), lane.events.end());
  }
  return left;
}

}  // namespace hotline::platform
