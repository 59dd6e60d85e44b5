// Services of a real cluster, killed with SIGKILL again and again under load, at random moments and at named places:
// what was acknowledged is there, once (promises 1 to 3). tests/fault/kill runs it; HOTLINE_TEST_KILLS sets how often.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>
#include <vector>

#include "support/cluster.h"
#include "support/event_log.h"
#include "support/ledger.h"
#include "support/live_calls.h"

namespace hotline::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::IsEmpty;

constexpr milliseconds kReadyAgain{3'000};
constexpr seconds kBacklogGone{15};
/// After each message of a client: kills are what is measured, and each case is looked at afterwards.
constexpr milliseconds kPause{300};

/// Where a process may end between two steps that belong together (platform/runtime/fault_points.h).
constexpr const char* kPlaces[] = {
    "store.before_commit",     "store.after_commit",     "store.after_answer",   "relay.before_publish",
    "relay.after_publish",     "relay.after_remove",     "consumer.before_work", "consumer.after_work",
    "bus.before_offset_store", "bus.after_offset_store", "request.remembered",   "outbox.added",
};

int Kills() {
  const char* const wanted = std::getenv("HOTLINE_TEST_KILLS");
  return wanted == nullptr ? 40 : std::atoi(wanted);
}

/// One death, at random or at a named place, and the start after it.
class Reaper {
 public:
  explicit Reaper(Cluster& cluster) : cluster_{cluster}, copies_{cluster.Copies()} {}

  void KillSomebody() {
    const std::string& name = copies_[random_() % copies_.size()];
    cluster_.Signal(name, SIGKILL);
    BringBack(name);
  }

  /// The copy starts again with a place to die at. Whether it comes there depends on what reaches it.
  void KillAt(const std::string& name, const char* place) {
    cluster_.Signal(name, SIGKILL);
    cluster_.CrashNextTime(name, place, 1 + static_cast<int>(random_() % 5));
    BringBack(name);
    const auto patience = steady_clock::now() + seconds{5};
    while (cluster_.Runs(name) && steady_clock::now() < patience) std::this_thread::sleep_for(milliseconds{20});
    if (!cluster_.Runs(name)) {
      ++died_at_[place];
      BringBack(name);
    }
  }

  [[nodiscard]] const std::vector<std::string>& copies() const { return copies_; }
  [[nodiscard]] const std::map<std::string, int>& died_at() const { return died_at_; }
  /// The n-th part of a hundred of the start-ups, in order of their length.
  [[nodiscard]] milliseconds StartUp(int percent) {
    std::sort(start_ups_.begin(), start_ups_.end());
    return start_ups_[std::min(start_ups_.size() - 1, start_ups_.size() * static_cast<std::size_t>(percent) / 100)];
  }

 private:
  void BringBack(const std::string& name) {
    cluster_.BringBack(name);
    start_ups_.push_back(cluster_.StartupOf(name));
  }

  Cluster& cluster_;
  const std::vector<std::string> copies_;
  std::mt19937 random_{20260303};
  std::map<std::string, int> died_at_;
  std::vector<milliseconds> start_ups_;
};

TEST(ClusterKillTest, NothingAcknowledgedIsLostOrDoubled) {
  Cluster cluster{"--replicas intake=2,classification=2"};
  Ledger ledger;
  std::atomic<bool> stop = false;
  std::atomic<int> next = 0;
  std::atomic<int> calls = 0;
  std::vector<std::thread> clients;
  clients.reserve(5);
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] { FileUntil(cluster.NewChannel(), stop, next, ledger, {.pause = kPause}); });
  }
  clients.emplace_back([&] { TakeCallsUntil(cluster.NewChannel(), LiveCalls(""), stop, calls); });

  Reaper reaper{cluster};
  const int kills = Kills();
  for (int i = 0; i < kills; ++i) {
    if (i % 2 == 0) {
      reaper.KillSomebody();
    } else {
      const int turn = i / 2;
      reaper.KillAt(reaper.copies()[static_cast<std::size_t>(turn) % reaper.copies().size()],
                    kPlaces[static_cast<std::size_t>(turn) % std::size(kPlaces)]);
    }
    if ((i + 1) % 20 == 0) {
      std::cout << i + 1 << " of " << kills << " kills, " << ledger.cases().size() << " messages acknowledged"
                << std::endl;
    }
  }
  stop = true;
  for (auto& client : clients) client.join();
  ASSERT_GT(ledger.cases().size(), 100U) << "too little load to say anything";

  const auto load_ended = steady_clock::now();
  double backlog = 1;
  while (backlog > 0 && steady_clock::now() - load_ended < seconds{120}) {
    backlog = 0;
    for (const auto& name : reaper.copies()) {
      backlog += cluster.Metric(name, "hotline_consumer_lag_events") + cluster.Metric(name, "hotline_outbox_events");
    }
    if (backlog > 0) std::this_thread::sleep_for(milliseconds{250});
  }
  const auto drained = std::chrono::duration_cast<milliseconds>(steady_clock::now() - load_ended);

  EXPECT_THAT(RecordDifferences(cluster.NewChannel(), ledger), IsEmpty());
  EXPECT_THAT(LogDifferences(cluster, ""), IsEmpty());
  EXPECT_THAT(DeadLetters(cluster, ""), IsEmpty());
  EXPECT_EQ(backlog, 0) << "events wait that nobody fetches";
  if (std::getenv("HOTLINE_TEST_KILLS") != nullptr) {  // The campaign has the machine to itself; `tests/run` does not.
    EXPECT_LE(drained, kBacklogGone);
    EXPECT_LE(reaper.StartUp(99), kReadyAgain);
  }

  int at_places = 0;
  for (const auto& [place, times] : reaper.died_at()) at_places += times;
  std::cout << "kills " << kills + at_places << ", at named places " << at_places << " (" << reaper.died_at().size()
            << " of " << std::size(kPlaces) << " places), messages " << ledger.cases().size() << ", calls " << calls
            << ", ready again p50 " << reaper.StartUp(50).count() << " ms, p99 " << reaper.StartUp(99).count()
            << " ms, backlog gone after " << drained.count() << " ms\n";
  for (const auto& [place, times] : reaper.died_at()) std::cout << "  " << place << " " << times << "\n";
}

}  // namespace
}  // namespace hotline::tests
