// Negative controls: services that break a promise on purpose, killed under load. The checks that find nothing after
// tests/fault/kill must find each of them; otherwise their silence says nothing. tests/fault/controls runs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
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
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

/// A promise (platform/runtime/fault_points.h), who breaks it, and where that one dies.
struct Control {
  const char* promise;              ///< "": it is kept.
  std::vector<std::string> copies;  ///< The first is killed.
  const char* place;
  int deaths = 3;
};

constexpr int kPasses = 10;          // Before a death: some of what is under way is the clients'.
constexpr milliseconds kPause{200};  // Each message is looked at afterwards.
constexpr seconds kLongEnough{90};
constexpr seconds kSurelyLost{8};

class ControlsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    // A site for each test: what one of them breaks is no other's.
    cluster_ = std::make_unique<Cluster>(
        "--cache memory --set sites=kept=KE=云州市,answer=AN=云州市,offset=OF=云州市,"
        "inbox=IN=云州市,outbox=OU=云州市,order=OR=云州市");
  }
  static void TearDownTestSuite() { cluster_.reset(); }

  /// Load of the ledger's site while the copies break their promise and one of them dies of it, again and again.
  static void Break(const Control& control, Ledger& ledger) {
    Promise(control.copies, control.promise);
    std::atomic<bool> stop = false;
    std::atomic<int> next = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i)
      clients.emplace_back([&, broken = *control.promise != '\0'] {
        FileUntil(cluster_->NewChannel(), stop, next, ledger, {.pause = kPause, .broken = broken});
      });
    for (int i = 0; i < control.deaths; ++i) DieAt(control.copies.front(), control.place);
    const auto patience = steady_clock::now() + seconds{30};
    const std::size_t enough = ledger.cases().size() + 50;
    while (ledger.cases().size() < enough && steady_clock::now() < patience)
      std::this_thread::sleep_for(milliseconds{20});
    stop = true;
    for (auto& client : clients) client.join();
    Promise(control.copies, "");
  }

  /// From now on the copies break the promise, or keep all of them.
  static void Promise(const std::vector<std::string>& copies, const std::string& broken) {
    for (const auto& name : copies) cluster_->Sabotage(name, broken);
    for (const auto& name : copies) Restart(name);
  }

  /// Live calls of a site whose turns come faster than they are sent on.
  static std::vector<replay::RecordedCall> TakeCalls(const std::string& site, const std::string& salt) {
    const auto stub = intake::v1::IntakeService::NewStub(cluster_->NewChannel());
    std::vector<replay::RecordedCall> calls = LiveCalls(salt);
    for (auto& call : calls) {
      call.open.set_site(site);
      const absl::Status taken = TakeCall(*stub, call, seconds{20});
      EXPECT_TRUE(taken.ok()) << call.id << ": " << taken;
    }
    return calls;
  }

  static void ExpectInOrder(const std::string& site) {
    for (const auto& call : TakeCalls(site, "kept")) ExpectHeard(cluster_->NewChannel(), call);
    EXPECT_THAT(LogDifferences(*cluster_, site, kLongEnough), IsEmpty());
  }

  static void ExpectOutOfOrder(const std::string& site) {
    static_cast<void>(TakeCalls(site, "broken"));
    const auto out_of_order = Contains(HasSubstr("comes after"));  // Not what is only still under way.
    std::vector<std::string> found;
    const auto patience = steady_clock::now() + seconds{30};
    while (!testing::Value(found, out_of_order) && steady_clock::now() < patience)
      found = LogDifferences(*cluster_, site, seconds{0});
    EXPECT_THAT(found, out_of_order) << "any_order went unnoticed";
    PrintSome(found);
  }

  static std::vector<std::string> Differences(const Ledger& ledger, seconds patience) {
    std::vector<std::string> all = RecordDifferences(cluster_->NewChannel(), ledger, patience);
    for (auto& one : LogDifferences(*cluster_, ledger.site(), patience / 4)) all.push_back(std::move(one));
    for (auto& one : DeadLetters(*cluster_, ledger.site())) all.push_back(std::move(one));
    return all;
  }

  static void ExpectCaught(const Control& control, const std::string& site) {
    Ledger ledger{site};
    Break(control, ledger);
    const std::vector<std::string> found = Differences(ledger, kSurelyLost);
    EXPECT_FALSE(found.empty()) << control.promise << " went unnoticed";
    std::cout << control.promise << ": " << found.size() << " differences in " << ledger.cases().size()
              << " messages\n";
    PrintSome(found);
  }

  static void PrintSome(const std::vector<std::string>& found) {
    for (std::size_t i = 0; i < found.size(); i += std::max<std::size_t>(1, found.size() / 4)) {
      std::cout << "  " << found[i] << '\n';
    }
  }

 private:
  static void Restart(const std::string& name) {
    cluster_->Signal(name, SIGKILL);
    cluster_->BringBack(name);
  }

  static void DieAt(const std::string& name, const char* place) {
    cluster_->CrashNextTime(name, place, kPasses);
    cluster_->Signal(name, SIGKILL);
    cluster_->BringBack(name);
    const auto patience = steady_clock::now() + seconds{20};
    while (cluster_->Runs(name) && steady_clock::now() < patience) std::this_thread::sleep_for(milliseconds{10});
    ASSERT_FALSE(cluster_->Runs(name)) << name << " does not come to " << place;
    cluster_->BringBack(name);
  }

  static inline std::unique_ptr<Cluster> cluster_;
};

TEST_F(ControlsTest, PromisesKeptDifferInNothing) {
  Ledger ledger{"kept"};
  Break({"", {"intake-1"}, "store.before_commit"}, ledger);
  Break({"", {"classification-1"}, "consumer.before_work"}, ledger);
  EXPECT_THAT(Differences(ledger, kLongEnough), IsEmpty());
}

TEST_F(ControlsTest, AnAnswerBeforeItsCommitIsCaught) {
  // Not every commit that a death meets holds a client's message.
  ExpectCaught({"answer_before_commit", {"intake-1"}, "store.before_commit", 8}, "answer");
}

TEST_F(ControlsTest, AnOffsetBeforeItsEffectIsCaught) {
  ExpectCaught({"offset_before_effect", {"classification-1"}, "consumer.before_work"}, "offset");
}

TEST_F(ControlsTest, AnInboxSkippedIsCaught) {
  ExpectCaught({"skip_inbox", {"classification-1"}, "bus.before_offset_store"}, "inbox");
}

TEST_F(ControlsTest, AnOutboxSkippedIsCaught) {
  ExpectCaught({"skip_outbox", {"intake-1"}, "outbox.skipped"}, "outbox");
}

TEST_F(ControlsTest, AnOrderOfAKeyBrokenIsCaught) {
  ExpectInOrder("order");
  Promise({"intake-1", "classification-1"}, "any_order");
  ExpectOutOfOrder("order");
  Promise({"intake-1", "classification-1"}, "");
}

}  // namespace
}  // namespace hotline::tests
