#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <absl/status/status.h>

#include "support/cluster.h"
#include "support/ledger.h"
#include "support/live_calls.h"

namespace hotline::tests {

/// How long a part is away: HOTLINE_TEST_OUTAGE in seconds.
[[nodiscard]] std::chrono::seconds OutageLength();

/// A cluster with the ledger of all that was ever filed in it.
struct Town {
  explicit Town(const std::string& flags) : cluster{flags} {}
  Cluster cluster;
  Ledger ledger;
  std::atomic<int> next = 0;
};

/// Messages that are filed and live calls that are taken, until Stop(). One thread uses it.
class Load {
 public:
  Load(Town& town, const std::string& name, std::chrono::milliseconds patience);
  ~Load() { Stop(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// Waits until so many messages that were asked for from now on were acknowledged. False when it takes longer.
  [[nodiscard]] bool Files(int messages, std::chrono::milliseconds within) const;
  void Stop();

  [[nodiscard]] int calls() const { return calls_; }

 private:
  Town& town_;
  const std::vector<replay::RecordedCall> live_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> calls_ = 0;
  std::vector<std::thread> clients_;
};

/// A part falls under load, and comes back. What every outage must leave behind: nothing acknowledged lost, nothing
/// doubled, each case's changes in order, no dead letter, nothing that waits, and no service that had to be started
/// again. The campaign holds all of it after each outage; `tests/run` reads the record once, after the last.
class OutageTest : public ::testing::Test {
 protected:
  /// All tests of a program share it, so that each also begins with what the one before has left.
  static void TearDownTestSuite() {
    HoldTheRest();
    town_.reset();
  }
  void TearDown() override;

  /// Starts the cluster if there is none, and the load. Waits until it flows. `patience`: of a client for one answer.
  void Begin(std::chrono::milliseconds patience = std::chrono::seconds{5});

  /// Something has fallen just now: takes a call from greeting to end, waits out the length of an outage, and returns
  /// what clients were told of what they asked meanwhile.
  struct Meanwhile {
    int acknowledged = 0;
    std::map<absl::StatusCode, int> refused;
    absl::Status call;
  };
  Meanwhile Fallen(std::chrono::seconds at_least = std::chrono::seconds{0});
  /// Calls and messages were taken as ever: nothing but OK.
  static void ExpectOpenWhile(const Meanwhile& meanwhile);
  /// Nothing could be kept, so nothing was taken: an OK would be false.
  static void ExpectHonestWhile(const Meanwhile& meanwhile);
  /// Ends the load: all that was acknowledged must come to rest while what has fallen is still away.
  void ExpectHandledWhileFallen();
  /// It is back just now: messages are taken again.
  void Back();

  [[nodiscard]] static Cluster& cluster() { return town_->cluster; }
  [[nodiscard]] static Town& town() { return *town_; }
  /// Flags of `deploy/cluster up`.
  [[nodiscard]] virtual std::string Flags() const { return "--replicas intake=2,classification=2,knowledge=2"; }

  /// Holds what was not held yet against the ledger, at the end of it all.
  static void HoldTheRest();

  static std::unique_ptr<Town> town_;

 private:
  static void Hold();
  static std::map<std::string, pid_t> Pids();

  static int held_;                                 // Messages up to here have been.
  static std::vector<replay::RecordedCall> calls_;  // Taken while something was away, and not held yet.

  int first_ = 0;
  int taken_ = 0;
  std::map<std::string, pid_t> pids_;
  std::unique_ptr<Load> load_;
  std::optional<std::chrono::steady_clock::time_point> fallen_;
  Meanwhile all_;
  std::chrono::milliseconds away_{0};
  std::chrono::milliseconds back_after_{0};
};

}  // namespace hotline::tests
