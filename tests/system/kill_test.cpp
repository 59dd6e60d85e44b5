// The real program, killed with SIGKILL again and again under load: what was acknowledged is there, once (promises 1 to
// 3). HOTLINE_TEST_KILLS sets how often; CI kills 20 times.
#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <random>
#include <thread>

#include "hotline/replay/call_file.h"
#include "hotline/replay/player.h"
#include "support/ledger.h"
#include "support/server.h"

namespace hotline::tests {
namespace {

namespace v1 = intake::v1;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

int Kills() {
  const char* const wanted = std::getenv("HOTLINE_TEST_KILLS");
  return wanted == nullptr ? 20 : std::atoi(wanted);
}

void KillAtRandom(Server& server, int kills) {
  std::mt19937 random{20260303};
  std::uniform_int_distribution<int> pause{20, 600};
  for (int i = 0; i < kills; ++i) {
    std::this_thread::sleep_for(milliseconds{pause(random)});
    server.Kill();
    server.Start();
  }
}

TEST(KillTest, AcknowledgedMessagesAreKeptOnceWhateverTheMoment) {
  const TemporaryDirectory data;
  Server server{data.path()};
  server.Start();
  Ledger ledger;
  std::atomic<bool> stop = false;
  std::atomic<int> next = 0;
  std::vector<std::thread> clients;
  clients.reserve(4);
  for (int i = 0; i < 4; ++i) clients.emplace_back([&] { FileUntil(server.NewChannel(), stop, next, ledger); });
  KillAtRandom(server, Kills());
  stop = true;
  for (auto& client : clients) client.join();
  ASSERT_GT(ledger.cases().size(), 100U) << "too little load to say anything";
  RecordProperty("messages", static_cast<int>(ledger.cases().size()));
  EXPECT_THAT(RecordDifferences(server.NewChannel(), ledger), testing::IsEmpty());
}

TEST(KillTest, CallsGoOnAfterTheServerComesBack) {
  const TemporaryDirectory data;
  Server server{data.path()};
  server.Start();
  const auto calls = replay::ReadCallFile(std::string{HOTLINE_SOURCE_DIR} + "/deploy/demo/calls.jsonl", "");
  ASSERT_TRUE(calls.ok()) << calls.status();
  std::atomic<std::size_t> kills = 0;
  std::jthread killer{[&](const std::stop_token& stop) {
    std::mt19937 random{7};
    std::uniform_int_distribution<int> pause{300, 2000};  // The longest are enough for a call's review.
    while (!stop.stop_requested()) {
      std::this_thread::sleep_for(milliseconds{pause(random)});
      server.Kill();
      ++kills;
      server.Start();
    }
  }};
  const auto stub = v1::IntakeService::NewStub(server.NewChannel());
  constexpr std::size_t kCalls = 8;
  // A quick machine is through with them before there were enough kills: then some more.
  for (std::size_t i = 0; i < calls->size() && (i < kCalls || kills < kCalls); ++i) {
    absl::StatusOr<replay::PlayedCall> played = absl::UnavailableError("not tried");
    for (const auto deadline = steady_clock::now() + seconds{60}; !played.ok() && steady_clock::now() < deadline;) {
      played = replay::Play(*stub, (*calls)[i], {});
      if (!played.ok()) std::this_thread::sleep_for(milliseconds{50});  // The server is coming back.
    }
    ASSERT_TRUE(played.ok()) << (*calls)[i].id << ": " << played.status();
    std::map<int, int> finals;
    int settled = 0;
    for (const auto& entry : played->entries) {
      if (entry.has_risk() && !entry.risk().preliminary()) ++finals[entry.risk().turn()];
      settled += entry.has_settled() ? 1 : 0;
    }
    EXPECT_EQ(settled, 1);
    EXPECT_EQ(finals.size(), (*calls)[i].turns.size()) << (*calls)[i].id;
    for (const auto& [turn, times] : finals) EXPECT_EQ(times, 1) << (*calls)[i].id << " turn " << turn;
  }
  RecordProperty("kills", static_cast<int>(kills.load()));
  EXPECT_GE(kills, kCalls) << "too few kills to say anything";
}

}  // namespace
}  // namespace hotline::tests
