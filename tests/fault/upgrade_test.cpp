// A rolling upgrade of a real cluster under load: copy after copy is replaced, so that old and new programs serve side
// by side on one database and one log. HOTLINE_TEST_OLD_BUILD names the folder of the old programs; without it they are
// these, and the test shows the replacing alone. tests/fault/upgrade runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>
#include <vector>

#include "support/cluster.h"
#include "support/event_log.h"
#include "support/ledger.h"

namespace hotline::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::IsEmpty;

constexpr char kFlags[] = "--cache memory --replicas intake=2,classification=2 --set drain=200ms";
constexpr std::size_t kOfEachMixture = 20;  // Messages.

std::string OldBuild() {
  const char* const named = std::getenv("HOTLINE_TEST_OLD_BUILD");
  return named == nullptr ? HOTLINE_BINARY_DIR : named;
}

TEST(UpgradeTest, OldAndNewProgramsSideBySideLoseAndDoubleNothing) {
  Cluster cluster{std::string{kFlags} + " --build " + OldBuild()};
  Ledger ledger;
  std::atomic<bool> stop = false;
  std::atomic<int> next = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 2; ++i)
    clients.emplace_back([&] { FileUntil(cluster.NewChannel(), stop, next, ledger, {.pause = milliseconds{100}}); });
  const auto await_messages = [&] {
    const std::size_t enough = ledger.cases().size() + kOfEachMixture;
    const auto patience = steady_clock::now() + seconds{60};
    while (ledger.cases().size() < enough && steady_clock::now() < patience) {
      std::this_thread::sleep_for(milliseconds{10});
    }
  };
  const std::vector<std::string> copies = cluster.Copies();
  for (const auto& name : copies) {
    await_messages();
    cluster.Signal(name, SIGTERM);
    while (cluster.Runs(name)) std::this_thread::sleep_for(milliseconds{10});
    cluster.Up(std::string{kFlags} + " --build " + HOTLINE_BINARY_DIR);
  }
  await_messages();
  stop = true;
  for (auto& client : clients) client.join();
  ASSERT_GT(ledger.cases().size(), copies.size() * kOfEachMixture) << "too little load to say anything";
  EXPECT_THAT(RecordDifferences(cluster.NewChannel(), ledger), IsEmpty());
  EXPECT_THAT(LogDifferences(cluster, ledger.site()), IsEmpty());
  EXPECT_THAT(DeadLetters(cluster, ledger.site()), IsEmpty());
  std::cout << copies.size() << " copies replaced, messages " << ledger.cases().size() << '\n';
}

}  // namespace
}  // namespace hotline::tests
