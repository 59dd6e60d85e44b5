// Services of a real cluster that are asked to stop under load: told to balancers at once, nothing in hand fails.
// tests/fault/stop runs them.
#include <hotline/classification/v1/classification_service.grpc.pb.h>
#include <hotline/escalation/v1/escalation_service.grpc.pb.h>
#include <hotline/followup/v1/followup_service.grpc.pb.h>
#include <hotline/intake/v1/intake_service.grpc.pb.h>
#include <hotline/knowledge/v1/knowledge_service.grpc.pb.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include <absl/strings/str_cat.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "hotline/cli/call.h"
#include "support/cluster.h"
#include "support/event_log.h"
#include "support/ledger.h"
#include "support/server.h"

namespace hotline::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::IsEmpty;

constexpr milliseconds kDrain{500};
constexpr milliseconds kToldWithin{100};
constexpr milliseconds kToldWithinOnABusyMachine = kDrain;
constexpr seconds kGrace{10};

/// The command has the machine to itself; `tests/run` does not.
bool Alone() { return std::getenv("HOTLINE_TEST_ALONE") != nullptr; }

/// One call of a service, the n-th of its client.
using OneCall = std::function<absl::Status(const std::shared_ptr<grpc::Channel>& channel, int client, int n)>;

absl::Status FileOne(const std::shared_ptr<grpc::Channel>& channel, int client, int n) {
  intake::v1::FileMessageRequest request;
  request.set_request_id(absl::StrCat("stop-", client, "-", n));
  request.set_external_id(request.request_id());
  request.set_site("hailan");
  request.set_channel(common::v1::CHANNEL_LETTER);
  request.set_title("路灯");
  request.set_text("小区门口的路灯坏了两个星期，请派人来修。");
  intake::v1::FileMessageResponse response;
  const auto stub = intake::v1::IntakeService::NewStub(channel);
  return cli::Call([&](auto* context) { return stub->FileMessage(context, request, &response); });
}

absl::Status ClassifyOne(const std::shared_ptr<grpc::Channel>& channel, int, int) {
  classification::v1::ClassifyTextRequest request;
  request.set_text("小区门口的路灯坏了两个星期，请派人来修。");
  classification::v1::ClassifyTextResponse response;
  const auto stub = classification::v1::ClassificationService::NewStub(channel);
  return cli::Call([&](auto* context) { return stub->ClassifyText(context, request, &response); });
}

absl::Status ListAlerts(const std::shared_ptr<grpc::Channel>& channel, int, int) {
  escalation::v1::ListAlertsRequest request;
  escalation::v1::ListAlertsResponse response;
  const auto stub = escalation::v1::EscalationService::NewStub(channel);
  return cli::Call([&](auto* context) { return stub->ListAlerts(context, request, &response); });
}

absl::Status AskOne(const std::shared_ptr<grpc::Channel>& channel, int, int) {
  knowledge::v1::AskRequest request;
  request.set_question("社保断缴了怎么补缴？");
  knowledge::v1::AskResponse response;
  const auto stub = knowledge::v1::KnowledgeService::NewStub(channel);
  return cli::Call([&](auto* context) { return stub->Ask(context, request, &response); });
}

absl::Status ListDue(const std::shared_ptr<grpc::Channel>& channel, int, int) {
  followup::v1::ListDueFollowUpsRequest request;
  followup::v1::ListDueFollowUpsResponse response;
  const auto stub = followup::v1::FollowUpService::NewStub(channel);
  return cli::Call([&](auto* context) { return stub->ListDueFollowUps(context, request, &response); });
}

const std::map<std::string, OneCall> kCallsOf = {{"intake-1", FileOne},
                                                 {"classification-1", ClassifyOne},
                                                 {"escalation-1", ListAlerts},
                                                 {"knowledge-1", AskOne},
                                                 {"followup-1", ListDue}};

/// gRPC's own client of the health service: such a channel is connected while the server says SERVING, not longer.
std::shared_ptr<grpc::Channel> ChannelWhileServing(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetServiceConfigJSON(
      R"({"loadBalancingConfig": [{"round_robin": {}}], "healthCheckConfig": {"serviceName": ""}})");
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

/// Clients that call one process without a pause, straight to its address, and remember how each call ended.
class Load {
 public:
  Load(const std::string& address, OneCall call) : call_{std::move(call)} {
    for (int i = 0; i < kClients; ++i) {
      clients_.emplace_back([this, i, channel = PatientChannel(address)](const std::stop_token& stop) {
        for (int n = 0; !stop.stop_requested(); ++n) {
          const auto began = steady_clock::now();
          absl::Status status = call_(channel, i, n);
          const std::lock_guard lock{mutex_};
          calls_.push_back({began, std::move(status)});
        }
      });
    }
  }

  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock{mutex_};
    return calls_.size();
  }

  struct Ended {
    steady_clock::time_point began;
    absl::Status status;
  };
  std::vector<Ended> Stop() {
    for (auto& client : clients_) client.request_stop();
    clients_.clear();
    return std::move(calls_);
  }

 private:
  static constexpr int kClients = 8;
  const OneCall call_;
  mutable std::mutex mutex_;
  std::vector<Ended> calls_;
  std::vector<std::jthread> clients_;  // Last: they use the others.
};

class StopTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    // Members of Kafka's groups without names: who leaves is missed at once.
    cluster_ = std::make_unique<Cluster>(absl::StrCat(
        "--cache memory --replicas classification=3,intake=2 --set kafka_instance= --set drain=", kDrain.count(),
        "ms --set stop_grace=", kGrace.count(), "s"));
  }
  static void TearDownTestSuite() { cluster_.reset(); }

  static void AwaitEnd(const std::string& name) {
    const auto patience = steady_clock::now() + kDrain + 3 * kGrace;
    while (cluster_->Runs(name) && steady_clock::now() < patience) std::this_thread::sleep_for(milliseconds{5});
  }

  static inline std::unique_ptr<Cluster> cluster_;
};

TEST_F(StopTest, SigtermUnderLoadIsToldAtOnceAndFailsNothing) {
  for (const auto& [name, call] : kCallsOf) {
    Load load{cluster_->AddressOf(name), call};
    while (load.size() < 200) std::this_thread::sleep_for(milliseconds{5});
    const auto health = ChannelWhileServing(cluster_->AddressOf(name));
    ASSERT_TRUE(health->WaitForConnected(std::chrono::system_clock::now() + seconds{10})) << name;

    const auto asked = steady_clock::now();
    cluster_->Signal(name, SIGTERM);
    const bool told = health->WaitForStateChange(GRPC_CHANNEL_READY, std::chrono::system_clock::now() + kDrain);
    const auto told_after = steady_clock::now() - asked;
    AwaitEnd(name);
    const auto ended = steady_clock::now();
    EXPECT_FALSE(cluster_->Runs(name)) << name << " does not end";
    const auto calls = load.Stop();
    cluster_->Up();

    ASSERT_TRUE(told) << name << " does not say NOT_SERVING";
    EXPECT_LE(told_after, Alone() ? kToldWithin : kToldWithinOnABusyMachine) << name;
    EXPECT_LE(ended - asked, kDrain + 2 * kGrace) << name;  // Calls in hand, then the outbox.
    std::size_t in_hand = 0;
    for (const auto& one : calls) {
      if (one.began < asked + kDrain / 2) {
        EXPECT_TRUE(one.status.ok()) << name << ", begun " << (one.began < asked ? "before" : "after")
                                     << " the signal: " << one.status;
        in_hand += one.began >= asked - milliseconds{100} ? 1 : 0;
      } else {
        // CANCELLED: gRPC's word for what came while it ended; nothing of it was done.
        EXPECT_TRUE(one.status.ok() || absl::IsUnavailable(one.status) || absl::IsCancelled(one.status))
            << name << ": " << one.status;
      }
    }
    EXPECT_GT(in_hand, 0U) << name << ": no load around the signal";
    std::cout << name << ": NOT_SERVING after " << std::chrono::duration_cast<milliseconds>(told_after).count()
              << " ms, ended after " << std::chrono::duration_cast<milliseconds>(ended - asked).count() << " ms, "
              << in_hand << " calls around the signal\n";
  }
}

TEST_F(StopTest, AWatcherIsToldToComeAgain) {
  const auto channel = PatientChannel(cluster_->AddressOf("intake-2"));
  ASSERT_TRUE(FileOne(channel, -1, 0).ok());
  const auto stub = intake::v1::IntakeService::NewStub(channel);
  grpc::ClientContext context;
  intake::v1::WatchCasesRequest request;
  request.set_site("hailan");
  const auto stream = stub->WatchCases(&context, request);
  intake::v1::WatchCasesResponse response;
  ASSERT_TRUE(stream->Read(&response));
  cluster_->Signal("intake-2", SIGTERM);
  while (stream->Read(&response)) {
  }
  const absl::Status ended = platform::FromGrpcStatus(stream->Finish());
  EXPECT_TRUE(absl::IsUnavailable(ended)) << ended;
  EXPECT_EQ(ended.message(), "shutting down");
  AwaitEnd("intake-2");
  cluster_->Up();
}

TEST_F(StopTest, CopiesThatJoinAndLeaveEverySecondLoseAndDoubleNothing) {
  const int turns = Alone() ? 30 : 8;
  Ledger ledger;
  std::atomic<bool> stop = false;
  std::atomic<int> next = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 2; ++i)
    clients.emplace_back([&] { FileUntil(cluster_->NewChannel(), stop, next, ledger, {.pause = milliseconds{100}}); });
  for (int i = 0; i < turns; ++i) {
    const std::string name = i % 2 == 0 ? "classification-2" : "classification-3";
    const auto began = steady_clock::now();
    cluster_->Signal(name, SIGTERM);
    AwaitEnd(name);
    cluster_->Up();
    std::this_thread::sleep_until(began + seconds{1});
  }
  stop = true;
  for (auto& client : clients) client.join();
  ASSERT_GT(ledger.cases().size(), 50U) << "too little load to say anything";
  EXPECT_THAT(RecordDifferences(cluster_->NewChannel(), ledger), IsEmpty());
  EXPECT_THAT(LogDifferences(*cluster_, ledger.site()), IsEmpty());
  EXPECT_THAT(DeadLetters(*cluster_, ledger.site()), IsEmpty());
  std::cout << turns << " turns, messages " << ledger.cases().size() << '\n';
}

}  // namespace
}  // namespace hotline::tests
