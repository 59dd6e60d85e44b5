#include "fault/outage.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <hotline/intake/v1/intake_service.grpc.pb.h>

namespace hotline::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr char kLength[] = "HOTLINE_TEST_OUTAGE";
constexpr seconds kShort{3};
constexpr int kFlowing = 6;
constexpr seconds kFlowPatience{60};
constexpr seconds kSettlePatience{180};
constexpr seconds kBackInService{60};
constexpr seconds kBacklogPatience{240};  // Of `tests/run`, which shares the machine.
constexpr seconds kBacklogGone{60};       // Of the campaign.
constexpr int kClients = 2;
constexpr milliseconds kBetweenMessages{500};  // So few that two cores keep up with them beside the servers.
constexpr seconds kCallPatience{5};

milliseconds Since(steady_clock::time_point then) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - then);
}

/// It has the machine to itself, and all the time.
bool Campaign() { return std::getenv(kLength) != nullptr; }

std::string CurrentName() { return ::testing::UnitTest::GetInstance()->current_test_info()->name(); }

}  // namespace

std::unique_ptr<Town> OutageTest::town_;
int OutageTest::held_ = 0;
std::vector<replay::RecordedCall> OutageTest::calls_;

seconds OutageLength() {
  const char* const wanted = std::getenv(kLength);
  return wanted == nullptr ? kShort : seconds{std::atoi(wanted)};
}

Load::Load(Town& town, const std::string& name, milliseconds patience) : town_{town}, live_{LiveCalls(name)} {
  const Filing filing{.patience = patience, .pause = kBetweenMessages};
  for (int i = 0; i < kClients; ++i) {
    clients_.emplace_back(
        [this, filing] { FileUntil(town_.cluster.NewChannel(), stop_, town_.next, town_.ledger, filing); });
  }
  clients_.emplace_back([this] { TakeCallsUntil(town_.cluster.NewChannel(), live_, stop_, calls_); });
}

bool Load::Files(int messages, milliseconds within) const {
  const auto now = steady_clock::now();
  while (town_.ledger.AcknowledgedSince(now) < messages) {
    if (Since(now) > within) return false;
    std::this_thread::sleep_for(milliseconds{10});
  }
  return true;
}

void Load::Stop() {
  stop_ = true;
  for (std::thread& client : clients_) client.join();
  clients_.clear();
}

std::map<std::string, pid_t> OutageTest::Pids() {
  std::map<std::string, pid_t> pids;
  for (const std::string& name : cluster().Copies()) pids[name] = cluster().PidOf(name);
  return pids;
}

void OutageTest::Begin(milliseconds patience) {
  if (town_ == nullptr) town_ = std::make_unique<Town>(Flags());
  pids_ = Pids();
  first_ = town_->next;
  load_ = std::make_unique<Load>(*town_, absl::StrCat(CurrentName(), " ", first_), patience);
  ASSERT_TRUE(load_->Files(kFlowing, kFlowPatience)) << "no load to say anything about";
}

OutageTest::Meanwhile OutageTest::Fallen(seconds at_least) {
  const auto fallen = steady_clock::now();
  if (!fallen_) fallen_ = fallen;
  const auto stub = intake::v1::IntakeService::NewStub(cluster().NewChannel());
  const std::string salt = CurrentName() + "/meanwhile " + std::to_string(taken_);
  const replay::RecordedCall call = LiveCalls(salt).front();
  absl::Status taken = TakeCall(*stub, call, kCallPatience);
  if (taken.ok()) {
    calls_.push_back(call);
    ++taken_;
  }
  std::this_thread::sleep_until(fallen + std::max(at_least, OutageLength()));
  all_ = {.acknowledged = town_->ledger.AcknowledgedSince(*fallen_), .refused = town_->ledger.RefusedSince(*fallen_)};
  return {.acknowledged = town_->ledger.AcknowledgedSince(fallen),
          .refused = town_->ledger.RefusedSince(fallen),
          .call = std::move(taken)};
}

void OutageTest::ExpectOpenWhile(const Meanwhile& meanwhile) {
  EXPECT_THAT(meanwhile.refused, ::testing::IsEmpty());
  EXPECT_GT(meanwhile.acknowledged, 0);
  EXPECT_TRUE(meanwhile.call.ok()) << meanwhile.call;
}

void OutageTest::ExpectHonestWhile(const Meanwhile& meanwhile) {
  EXPECT_EQ(meanwhile.acknowledged, 0) << "OK without a record to keep it";
  EXPECT_THAT(meanwhile.refused, ::testing::Not(::testing::IsEmpty()));
  EXPECT_FALSE(meanwhile.call.ok());
}

void OutageTest::ExpectHandledWhileFallen() {
  load_->Stop();
  Hold();
  EXPECT_EQ(Pids(), pids_) << "a service did not outlive it";
}

void OutageTest::Back() {
  away_ = Since(*fallen_);
  const auto back = steady_clock::now();
  EXPECT_TRUE(load_->Files(kFlowing, kBackInService)) << "it is back, and messages are not taken";
  back_after_ = Since(back);
}

void OutageTest::Hold() {
  EXPECT_THAT(RecordDifferences(cluster().NewChannel(), town_->ledger, kSettlePatience, held_), ::testing::IsEmpty());
  held_ = town_->next;
  for (const replay::RecordedCall& call : calls_) ExpectHeard(cluster().NewChannel(), call);
  calls_.clear();
}

void OutageTest::HoldTheRest() {
  if (town_ != nullptr && !Campaign()) Hold();
  held_ = 0;
}

void OutageTest::TearDown() {
  if (load_ == nullptr) return;
  load_->Stop();
  const auto load_ended = steady_clock::now();
  const auto waiting = [] {
    return cluster().Sum("hotline_consumer_lag_events") + cluster().Sum("hotline_outbox_events");
  };
  double backlog = waiting();
  while (backlog > 0 && steady_clock::now() - load_ended < kBacklogPatience) {
    std::this_thread::sleep_for(milliseconds{250});
    backlog = waiting();
  }
  const milliseconds drained = Since(load_ended);
  EXPECT_EQ(backlog, 0) << "events wait that nobody fetches";
  if (Campaign()) {
    EXPECT_LE(drained, kBacklogGone);
    Hold();
  }
  EXPECT_EQ(cluster().Sum("hotline_consumer_dead_letters_total"), 0);
  EXPECT_EQ(Pids(), pids_) << "a service did not outlive it";
  for (const auto& [name, pid] : pids_) EXPECT_TRUE(cluster().Runs(name)) << name << " did not outlive it";

  std::cout << CurrentName() << ": away " << away_.count() << " ms, meanwhile OK " << all_.acknowledged;
  for (const auto& [code, times] : all_.refused) std::cout << ", " << code << " " << times;
  std::cout << ", back after " << back_after_.count() << " ms; messages " << town_->next - first_ << ", calls "
            << load_->calls() + taken_ << ", backlog gone after " << drained.count() << " ms" << std::endl;
  load_.reset();
}

}  // namespace hotline::tests
